package dev.berth.build.java;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be known of a class file.
 *
 * @param version the format's: 44 more than the Java that it needs
 * @param isStartable whether it has a {@code public static void main(String[])}
 * @param packages that its constants name, with slashes
 */
record ClassFacts(int version, boolean isStartable, Set<String> packages) {
    private static final int MAGIC_BYTES = 8;

    ClassFacts {
        packages = Set.copyOf(packages);
    }

    /** Reads a class file; empty if it is none, which is the JVM's to complain about. */
    static Optional<ClassFacts> read(Content file) throws IOException {
        if (file.size() < MAGIC_BYTES || file.size() > JavaLimits.DEFAULT.classBytes()) {
            return Optional.empty();
        }
        byte[] bytes;
        try (InputStream in = file.open()) {
            bytes = in.readNBytes((int) file.size());
        }
        try {
            ClassModel model = ClassFile.of().parse(bytes);
            Set<String> packages = new HashSet<>();
            for (PoolEntry entry : model.constantPool()) {
                switch (entry) {
                    case ClassEntry type -> addName(packages, type.asInternalName());
                    case NameAndTypeEntry member ->
                        addDescriptor(packages, member.type().stringValue());
                    case MethodTypeEntry type ->
                        addDescriptor(packages, type.descriptor().stringValue());
                    default -> {
                        // names no type
                    }
                }
            }
            boolean startable = model.methods().stream().anyMatch(ClassFacts::isMain);
            return Optional.of(new ClassFacts(model.majorVersion(), startable, packages));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isMain(MethodModel method) {
        int wanted = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
        return (method.flags().flagsMask() & wanted) == wanted
                && method.methodName().equalsString("main")
                && method.methodType().equalsString("([Ljava/lang/String;)V");
    }

    /** A class's name, or an array's descriptor. */
    private static void addName(Set<String> packages, String name) {
        if (name.startsWith("[")) {
            addDescriptor(packages, name);
            return;
        }
        int slash = name.lastIndexOf('/');
        if (slash > 0) {
            packages.add(name.substring(0, slash));
        }
    }

    private static void addDescriptor(Set<String> packages, String descriptor) {
        for (int at = descriptor.indexOf('L'); at >= 0; ) {
            int end = descriptor.indexOf(';', at);
            if (end < 0) {
                return;
            }
            addName(packages, descriptor.substring(at + 1, end));
            at = descriptor.indexOf('L', end);
        }
    }
}
