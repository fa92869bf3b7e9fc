package dev.berth.linux.elf;

import dev.berth.linux.asm.Machine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A static ELF64 executable of the smallest kind: headers and text in one segment that can be read and run, data (if
 * any) in a second that can be read and written, and no executable stack. No sections and no symbols. It starts at the
 * text's first byte. Fields are as in elf(5).
 */
public final class StaticExecutable {
    /** Where a program is put when nothing else is asked for; what linkers have always used on x86-64. */
    private static final long BASE = 0x40_0000;
    /** The largest page of aarch64: segments this far apart never share one. It is also the limit of a file. */
    private static final int PAGE = 0x1_0000;

    private static final int FILE_HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int DATA_ALIGNMENT = 8;

    private static final short EXECUTABLE = 2;
    private static final int LOAD = 1;
    private static final int GNU_STACK = 0x6474E551;
    private static final int EXECUTE = 1;
    private static final int WRITE = 2;
    private static final int READ = 4;

    private StaticExecutable() {}

    /** A file with text only. */
    public static byte[] of(Machine machine, byte[] text) {
        return of(machine, text, new byte[0]);
    }

    /**
     * A file with text, and data that lies at {@link #dataAddress} when it runs.
     *
     * @throws IllegalArgumentException when both together are larger than 64 KiB
     */
    public static byte[] of(Machine machine, byte[] text, byte[] data) {
        int segments = data.length == 0 ? 1 : 2;
        int textOffset = textOffset(segments);
        int dataOffset = dataOffset(text.length);
        int size = data.length == 0 ? textOffset + text.length : dataOffset + data.length;
        if (size > PAGE) {
            throw new IllegalArgumentException("text and data are larger than " + PAGE + " bytes: " + size);
        }
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        fileHeader(file, machine, BASE + textOffset, segments + 1);
        segment(file, LOAD, READ | EXECUTE, 0, BASE, textOffset + text.length);
        if (data.length > 0) {
            segment(file, LOAD, READ | WRITE, dataOffset, dataAddress(text.length), data.length);
            file.put(dataOffset, data);
        }
        segment(file, GNU_STACK, READ | WRITE, 0, 0, 0);
        file.put(textOffset, text);
        return file.array();
    }

    /** Where the data of a program with so much text lies when it runs. A multiple of eight. */
    public static long dataAddress(int textLength) {
        return BASE + PAGE + dataOffset(textLength);
    }

    private static int textOffset(int segments) {
        return FILE_HEADER_SIZE + (segments + 1) * PROGRAM_HEADER_SIZE;
    }

    private static int dataOffset(int textLength) {
        int end = textOffset(2) + textLength;
        return (end + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT;
    }

    /** {@code Elf64_Ehdr}. */
    private static void fileHeader(ByteBuffer file, Machine machine, long entry, int programHeaders) {
        short elfMachine = switch (machine) {
            case X86_64 -> 62;
            case AARCH64 -> 183;
        };
        byte wordsOf64Bits = 2;
        byte littleEndian = 1;
        byte version = 1;
        file.put((byte) 0x7F).put((byte) 'E').put((byte) 'L').put((byte) 'F');
        file.put(wordsOf64Bits).put(littleEndian).put(version).put((byte) 0).putLong(0);
        file.putShort(EXECUTABLE).putShort(elfMachine).putInt(version);
        file.putLong(entry);
        file.putLong(FILE_HEADER_SIZE); // where the program headers begin
        file.putLong(0); // no section headers
        file.putInt(0); // no flags
        file.putShort((short) FILE_HEADER_SIZE);
        file.putShort((short) PROGRAM_HEADER_SIZE).putShort((short) programHeaders);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    /** {@code Elf64_Phdr}. Offset and address are alike modulo the alignment, as mmap(2) needs it. */
    private static void segment(ByteBuffer file, int type, int flags, long offset, long address, long size) {
        file.putInt(type).putInt(flags);
        file.putLong(offset).putLong(address).putLong(address);
        file.putLong(size).putLong(size);
        file.putLong(type == LOAD ? PAGE : 16);
    }
}
