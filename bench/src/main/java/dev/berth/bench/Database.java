package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures pgbench in one container against PostgreSQL in another, whose data is on a named volume, by the name that the
 * network gives it. Arguments: the project's directory, an empty work directory, a tar of a root file system that has
 * PostgreSQL, how many rounds, and how many seconds each is.
 */
public final class Database {
    private static final String IMAGE = "bench:postgres";
    private static final Pattern LATENCY = Pattern.compile("latency average = ([0-9.]+) ms");
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    private static final String SERVER =
            "bin=$(echo /usr/lib/postgresql/*/bin); $bin/initdb -A trust -D /var/lib/postgresql/bench >/dev/null"
                    + " && echo 'host all all all trust' >>/var/lib/postgresql/bench/pg_hba.conf"
                    + " && exec $bin/postgres -D /var/lib/postgresql/bench -c listen_addresses='*'"
                    + " -c unix_socket_directories=''";

    private final Path project;
    private final Path work;
    private final Path tree;
    private final int rounds;
    private final int seconds;
    private final Report report = new Report();

    private Database(String[] args) {
        project = Path.of(args[0]);
        work = Path.of(args[1]);
        tree = Path.of(args[2]);
        rounds = Integer.parseInt(args[3]);
        seconds = Integer.parseInt(args[4]);
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            throw new IllegalArgumentException("run this by bench/run pgbench");
        }
        new Database(args).run();
    }

    private void run() throws Exception {
        report.head();
        try (Peer berth = Peer.berthApart(project, work.resolve("berth"));
                Peer dockerd = Peer.dockerdApart(work.resolve("dockerd"))) {
            List<Peer> peers = List.of(berth, dockerd);
            try {
                for (Peer peer : peers) {
                    serve(peer);
                }
                measure(peers, "TPC-B-like, 8 clients", "-c", "8", "-j", "2");
                measure(peers, "select only, 8 clients", "-S", "-c", "8", "-j", "2");
                measure(peers, "select only, 1 client, a connection for each", "-S", "-C", "-c", "1");
            } finally {
                for (Peer peer : peers) {
                    Program.docker(peer, "rm", "--force", "--volumes", "db");
                    Program.docker(peer, "volume", "rm", "--force", "data");
                    Program.docker(peer, "network", "rm", "bench");
                }
            }
        }
    }

    private void serve(Peer peer) throws IOException, InterruptedException {
        Program.docker(peer, "import", tree.toString(), IMAGE);
        Program.docker(peer, "network", "create", "bench");
        Program.docker(
                peer,
                "run",
                "--detach",
                "--name",
                "db",
                "--network",
                "bench",
                "--user",
                "postgres",
                "--shm-size",
                "256m",
                "--volume",
                "data:/var/lib/postgresql",
                IMAGE,
                "sh",
                "-c",
                SERVER);
        client(
                peer,
                "for i in $(seq 300); do $bin/pg_isready -q -h db && break; sleep 0.2; done;"
                        + " $bin/pgbench -q -i -s 20 -h db postgres");
    }

    private void measure(List<Peer> peers, String what, String... options) throws IOException, InterruptedException {
        Rounds latencies = new Rounds();
        for (int round = 0; round < rounds; round++) {
            // Who is the first changes: what is written back later is the other's burden.
            for (Peer peer : round % 2 == 0 ? peers : peers.reversed()) {
                String out = client(
                        peer, "$bin/pgbench -h db -T " + seconds + " " + String.join(" ", options) + " postgres");
                List<Double> mine = peer == peers.getFirst() ? latencies.berth() : latencies.dockerd();
                mine.add(number(LATENCY, out));
                report.note("  " + peer.name() + ": " + number(RATE, out) + " transactions a second");
            }
        }
        latencies.row(report, "pgbench, " + what + ": latency", "ms", "as dockerd, within noise");
    }

    private static String client(Peer peer, String script) throws IOException, InterruptedException {
        return Program.docker(
                peer,
                "run",
                "--rm",
                "--network",
                "bench",
                "--user",
                "postgres",
                IMAGE,
                "sh",
                "-c",
                "bin=$(echo /usr/lib/postgresql/*/bin); " + script);
    }

    private static double number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("pgbench printed no " + pattern + ": " + text);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
