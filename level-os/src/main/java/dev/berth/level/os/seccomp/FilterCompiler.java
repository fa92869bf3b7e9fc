package dev.berth.level.os.seccomp;

import dev.berth.level.os.oci.RuntimeConfig.SeccompArgument;
import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.level.os.oci.RuntimeConfig.SeccompRule;
import dev.berth.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Compiles a policy to BPF: first the architecture, then the call's number by a binary search over ranges that have one
 * verdict, then, where a rule says so, the arguments. Calls newer than any that the policy names are answered with
 * ENOSYS rather than with the policy's default, as runc does, so that programs fall back to what they know.
 */
public final class FilterCompiler {
    /** Offsets in {@code struct seccomp_data} (seccomp(2)). */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;
    private static final int ARGUMENTS = 16;
    /** Numbers of the x32 interface have this bit ({@code __X32_SYSCALL_BIT}). */
    private static final int X32 = 0x40000000;

    private static final int KILL_PROCESS = 0x80000000;
    private static final int TRAP = 0x00030000;
    private static final int ERRNO = 0x00050000;
    private static final int TRACE = 0x7ff00000;
    private static final int LOG = 0x7ffc0000;
    private static final int ALLOW = 0x7fff0000;
    private static final int KILL_THREAD = 0;
    private static final int LAST_ARGUMENT = 5;
    private static final int LAST_ERRNO = 4095;

    private final SeccompPolicy policy;
    private final int otherwise;

    private FilterCompiler(SeccompPolicy policy) {
        this.policy = policy;
        this.otherwise = action(policy.defaultAction(), policy.defaultErrnoRet());
    }

    /**
     * The filter as {@code struct sock_filter[]}.
     *
     * @throws dev.berth.level.LevelException INVALID for actions or conditions that do not exist
     */
    public static byte[] compile(SeccompPolicy policy) {
        return new FilterCompiler(policy).program().bytes();
    }

    private BpfProgram program() {
        BpfProgram program = new BpfProgram();
        program.load(ARCHITECTURE);
        for (String name : policy.architectures()) {
            Optional<Architecture> architecture = Architecture.ofOci(name);
            if (architecture.isPresent()) {
                BpfProgram calls = calls(architecture.get());
                program.ifEqual(architecture.get().audit(), 1, 0);
                program.jump(calls.size());
                program.append(calls);
            }
        }
        program.ret(KILL_PROCESS);
        return program;
    }

    /** What a call gets: an action, or first a look at its arguments. */
    private record Verdict(List<SeccompRule> rules) {}

    private BpfProgram calls(Architecture architecture) {
        Map<String, Integer> numbers = architecture.syscalls();
        TreeMap<Integer, Verdict> verdicts = new TreeMap<>();
        for (SeccompRule rule : policy.syscalls()) {
            check(rule);
            for (String name : rule.names()) {
                Integer number = numbers.get(name);
                if (number != null) {
                    verdicts.computeIfAbsent(number, n -> new Verdict(new ArrayList<>()))
                            .rules()
                            .add(rule);
                }
            }
        }
        BpfProgram program = new BpfProgram();
        program.load(NUMBER);
        if (architecture == Architecture.AMD64) {
            program.ifAtLeast(X32, 0, 1);
            program.ret(ERRNO | Errno.ENOSYS.number());
        }
        List<Range> ranges = ranges(verdicts);
        search(program, ranges);
        return program;
    }

    private static void check(SeccompRule rule) {
        action(rule.action(), rule.errnoRet());
        for (SeccompArgument argument : rule.args()) {
            if (argument.index() < 0 || argument.index() > LAST_ARGUMENT) {
                throw Profile.invalid("a system call has no argument " + argument.index());
            }
        }
    }

    /** Numbers from {@code first} up to the next range's. */
    private record Range(int first, BpfProgram leaf, boolean plain, int action) {}

    private List<Range> ranges(TreeMap<Integer, Verdict> verdicts) {
        List<Range> ranges = new ArrayList<>();
        int next = 0;
        for (Map.Entry<Integer, Verdict> entry : verdicts.entrySet()) {
            if (entry.getKey() > next) {
                add(ranges, plain(next, otherwise));
            }
            add(ranges, range(entry.getKey(), entry.getValue()));
            next = entry.getKey() + 1;
        }
        boolean restrictive = otherwise != ALLOW && otherwise != LOG;
        add(ranges, plain(next, restrictive && next > 0 ? ERRNO | Errno.ENOSYS.number() : otherwise));
        return ranges;
    }

    private static void add(List<Range> ranges, Range range) {
        Optional<Range> last = ranges.isEmpty() ? Optional.empty() : Optional.of(ranges.getLast());
        if (last.filter(l -> l.plain && range.plain && l.action == range.action).isEmpty()) {
            ranges.add(range);
        }
    }

    private static Range plain(int first, int action) {
        BpfProgram leaf = new BpfProgram();
        leaf.ret(action);
        return new Range(first, leaf, true, action);
    }

    private Range range(int number, Verdict verdict) {
        for (SeccompRule rule : verdict.rules) {
            if (rule.args().isEmpty()) {
                return plain(number, action(rule.action(), rule.errnoRet()));
            }
        }
        BpfProgram leaf = new BpfProgram();
        for (SeccompRule rule : verdict.rules) {
            for (List<SeccompArgument> conditions : alternatives(rule)) {
                leaf.append(when(conditions, action(rule.action(), rule.errnoRet())));
            }
        }
        leaf.ret(otherwise);
        return new Range(number, leaf, false, otherwise);
    }

    /** All conditions must hold together, but those on one argument twice are alternatives, as runc has them. */
    private static List<List<SeccompArgument>> alternatives(SeccompRule rule) {
        long different =
                rule.args().stream().mapToInt(SeccompArgument::index).distinct().count();
        return different == rule.args().size()
                ? List.of(rule.args())
                : rule.args().stream().map(List::of).toList();
    }

    private static BpfProgram when(List<SeccompArgument> conditions, int action) {
        BpfProgram all = new BpfProgram();
        all.ret(action);
        for (int i = conditions.size() - 1; i >= 0; i--) {
            BpfProgram tested = test(conditions.get(i), all.size());
            tested.append(all);
            all = tested;
        }
        return all;
    }

    /** Goes on with the next instruction when the condition holds, and skips {@code rest} of them when not. */
    private static BpfProgram test(SeccompArgument argument, int rest) {
        int low = ARGUMENTS + 8 * argument.index();
        int high = low + 4;
        int lowValue = (int) argument.value();
        int highValue = (int) (argument.value() >>> 32);
        BpfProgram p = new BpfProgram();
        switch (argument.op()) {
            case "SCMP_CMP_EQ" -> {
                p.load(high);
                p.ifEqual(highValue, 0, rest + 2);
                p.load(low);
                p.ifEqual(lowValue, 0, rest);
            }
            case "SCMP_CMP_NE" -> {
                p.load(high);
                p.ifEqual(highValue, 0, 2);
                p.load(low);
                p.ifEqual(lowValue, rest, 0);
            }
            case "SCMP_CMP_MASKED_EQ" -> {
                p.load(high);
                p.and(highValue);
                p.ifEqual((int) (argument.valueTwo() >>> 32), 0, rest + 3);
                p.load(low);
                p.and(lowValue);
                p.ifEqual((int) argument.valueTwo(), 0, rest);
            }
            case "SCMP_CMP_GT" -> compare(p, low, high, argument.value(), rest, true, false);
            case "SCMP_CMP_GE" -> compare(p, low, high, argument.value(), rest, true, true);
            case "SCMP_CMP_LE" -> compare(p, low, high, argument.value(), rest, false, false);
            case "SCMP_CMP_LT" -> compare(p, low, high, argument.value(), rest, false, true);
            default -> throw Profile.invalid("there is no comparison \"" + argument.op() + "\"");
        }
        return p;
    }

    /**
     * Unsigned comparison by halves.
     *
     * @param above whether the condition holds above the value; else below it
     * @param atLeast whether the low halves are compared by "at least" rather than "greater"
     */
    private static void compare(BpfProgram p, int low, int high, long value, int rest, boolean above, boolean atLeast) {
        int highValue = (int) (value >>> 32);
        int holds = 3;
        int fails = rest + 3;
        p.load(high);
        p.ifGreater(highValue, above ? holds : fails, 0);
        p.ifEqual(highValue, 0, (above ? fails : holds) - 1);
        p.load(low);
        int whenTrue = above ? 0 : rest;
        int whenFalse = above ? rest : 0;
        if (atLeast) {
            p.ifAtLeast((int) value, whenTrue, whenFalse);
        } else {
            p.ifGreater((int) value, whenTrue, whenFalse);
        }
    }

    private static void search(BpfProgram program, List<Range> ranges) {
        if (ranges.size() == 1) {
            program.append(ranges.getFirst().leaf);
            return;
        }
        int middle = ranges.size() / 2;
        BpfProgram left = new BpfProgram();
        search(left, ranges.subList(0, middle));
        program.ifAtLeast(ranges.get(middle).first, 0, 1);
        program.jump(left.size());
        program.append(left);
        search(program, ranges.subList(middle, ranges.size()));
    }

    private static int action(String name, @org.jspecify.annotations.Nullable Integer errno) {
        int data = errno == null ? Errno.EPERM.number() : errno;
        if (data < 0 || data > LAST_ERRNO) {
            throw Profile.invalid("there is no error number " + data);
        }
        return switch (name) {
            case "SCMP_ACT_ALLOW" -> ALLOW;
            case "SCMP_ACT_ERRNO" -> ERRNO | data;
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> KILL_THREAD;
            case "SCMP_ACT_KILL_PROCESS" -> KILL_PROCESS;
            case "SCMP_ACT_TRAP" -> TRAP;
            case "SCMP_ACT_TRACE" -> TRACE | data;
            case "SCMP_ACT_LOG" -> LOG;
            default -> throw Profile.invalid("there is no action \"" + name + "\"");
        };
    }
}
