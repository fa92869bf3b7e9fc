package dev.berth.conformance;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The application of {@code shop/docker-compose.yml}, run by one daemon.
 *
 * @param host where that listens, as in {@code DOCKER_HOST}
 */
record Shop(String host) {
    private static final String PACKAGES =
            "postgresql,redis-server,nginx-light,python3,python3-psycopg2,python3-redis,procps";
    private static final List<String> CONTAINERS =
            List.of("shop_db_1", "shop_cache_1", "shop_web_1", "shop_web_2", "shop_proxy_1");
    private static final Path FILE = Path.of("src/test/resources/dev/berth/conformance/shop/docker-compose.yml")
            .toAbsolutePath();

    /** Makes the files of its image, as a tar in this directory. */
    static Path tree(Path dir) {
        Path tree = dir.resolve("tree.tar");
        Command.run(
                        Map.of(),
                        "mmdebstrap",
                        "--quiet",
                        "--variant=apt",
                        "--include=" + PACKAGES,
                        "bookworm",
                        tree.toString())
                .succeeded();
        return tree;
    }

    void importImage(Path tree) {
        docker("import", tree.toString(), "shop:1").succeeded();
    }

    Command compose(String... args) {
        return run(
                Stream.concat(Stream.of("docker-compose", "-p", "shop", "-f", FILE.toString()), Arrays.stream(args)));
    }

    private Command docker(String... args) {
        return run(Stream.concat(Stream.of("docker"), Arrays.stream(args)));
    }

    private Command run(Stream<String> words) {
        return Command.run(Map.of("DOCKER_HOST", host, "DOCKER_API_VERSION", "1.41"), words.toArray(String[]::new));
    }

    /** Brings it up, takes it down, and tells what of it was to be seen: where, and what is there. */
    Map<String, String> livedThrough(Path tree) throws InterruptedException {
        importImage(tree);
        compose("up", "-d").succeeded();
        Seen seen = new Seen(host);
        seen.text("compose ps", compose("ps"));
        seen.text("compose images", compose("images"));
        seen.text("ps", docker("ps", "--format", "{{.Names}} {{.Image}} {{.Command}} {{.Status}} {{.Ports}}"));
        seen.text("network ls", docker("network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}}"));
        seen.text("volume ls", docker("volume", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}}"));
        for (String container : CONTAINERS) {
            seen.json(container, docker("container", "inspect", container));
        }
        for (String network : List.of("shop_front", "shop_back", "bridge")) {
            seen.json(network, docker("network", "inspect", network));
        }
        seen.json("shop_data", docker("volume", "inspect", "shop_data"));
        seen.text("compose kill", compose("kill", "-s", "KILL", "proxy"));
        Command.eventually(
                "the proxy to end",
                () -> docker("ps", "-q", "--filter", "name=shop_proxy").out().isEmpty());
        seen.text("compose stop", compose("stop", "cache"));
        seen.text("compose ps, without two", compose("ps"));
        seen.text("compose down", compose("down", "-v"));
        seen.text("containers left", docker("ps", "-aq"));
        seen.text("networks left", docker("network", "ls", "--format", "{{.Name}}"));
        seen.text("volumes left", docker("volume", "ls", "-q"));
        return seen.found();
    }
}
