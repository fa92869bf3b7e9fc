package dev.berth.maven;

import dev.berth.embedded.BerthException;
import dev.berth.embedded.Container;
import dev.berth.embedded.ContainerSpec;
import dev.berth.embedded.ServiceSpec;
import dev.berth.embedded.Services;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.maven.plugin.MojoExecutionException;
import org.jspecify.annotations.Nullable;

/** What {@code berth:start} does, once it is known that this Java can. */
final class ServiceStart {
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,12})([kmg]?)b?");
    private static final Pattern HTTP = Pattern.compile("(\\d{1,5})(/.*)");

    private final Build build;
    private final List<Service> services;
    private final File logs;

    ServiceStart(Build build, List<Service> services, File logs) {
        this.build = build;
        this.services = services;
        this.logs = logs;
    }

    void run() throws MojoExecutionException {
        List<ServiceSpec> specs = new ArrayList<>();
        for (Service service : services) {
            specs.add(spec(service));
        }
        try {
            SessionEngine engine = SessionEngine.of(build);
            Services started = Services.start(engine.berth(), specs);
            engine.keep(new RunningServices(build.project().getBasedir(), started, logs.toPath()));
            for (Service service : services) {
                publish(service, started.container(name(service)));
            }
        } catch (BerthException e) {
            throw new MojoExecutionException("starting services failed: " + e.getMessage(), e);
        }
    }

    private void publish(Service service, Container container) throws MojoExecutionException {
        List<String> told = new ArrayList<>();
        for (Map.Entry<String, String> port : service.ports().entrySet()) {
            String number = Integer.toString(container.hostPort(Integer.parseInt(port.getValue())));
            build.project().getProperties().setProperty(port.getKey(), number);
            told.add(port.getKey() + "=" + number);
        }
        build.log()
                .info("Service " + name(service) + " is ready"
                        + (told.isEmpty() ? "" : ": " + String.join(", ", told)));
    }

    private ServiceSpec spec(Service service) throws MojoExecutionException {
        ContainerSpec container = ContainerSpec.of(given(service, service.image(), "image"));
        if (!service.command().isEmpty()) {
            container = container.command(service.command().toArray(String[]::new));
        }
        if (!service.entrypoint().isEmpty()) {
            container = container.entrypoint(service.entrypoint().toArray(String[]::new));
        }
        for (Map.Entry<String, String> one : service.env().entrySet()) {
            container = container.env(
                    one.getKey(), Optional.ofNullable(one.getValue()).orElse(""));
        }
        for (String port : service.ports().values()) {
            container = container.port(number(service, port));
        }
        for (String bind : service.binds()) {
            container = bind(service, container, bind);
        }
        for (String path : service.tmpfs()) {
            container = container.tmpfs(path);
        }
        container = service.user() == null ? container : container.user(service.user());
        container = service.memory() == null ? container : container.memory(bytes(service, service.memory()));
        return awaited(service, ServiceSpec.of(name(service), container));
    }

    private static ServiceSpec awaited(Service service, ServiceSpec spec) throws MojoExecutionException {
        Duration most = Duration.ofSeconds(service.await().seconds());
        ServiceSpec awaited = spec;
        for (int port : service.await().ports()) {
            awaited = awaited.awaitPort(port, most);
        }
        String line = service.await().line();
        awaited = line == null ? awaited : awaited.awaitLine(line, most);
        String http = service.await().http();
        if (http != null) {
            Matcher parts = HTTP.matcher(http);
            if (!parts.matches()) {
                throw refused(service, "http is \"" + http + "\": PORT/PATH is expected, 8080/health");
            }
            awaited = awaited.awaitHttp(number(service, parts.group(1)), parts.group(2), most);
        }
        return awaited;
    }

    private ContainerSpec bind(Service service, ContainerSpec container, String bind) throws MojoExecutionException {
        String[] parts = bind.split(":", -1);
        boolean readOnly = parts.length == 3 && parts[2].equals("ro");
        if (parts.length != 2 && !readOnly) {
            throw refused(service, "the bind \"" + bind + "\" is not SOURCE:TARGET or SOURCE:TARGET:ro");
        }
        Path source = build.project().getBasedir().toPath().resolve(parts[0]);
        return readOnly ? container.bindReadOnly(source, parts[1]) : container.bind(source, parts[1]);
    }

    private static int number(Service service, @Nullable String port) throws MojoExecutionException {
        try {
            return Integer.parseInt(String.valueOf(port));
        } catch (NumberFormatException e) {
            throw refused(service, "\"" + port + "\" is no port: a number is expected");
        }
    }

    private static long bytes(Service service, String memory) throws MojoExecutionException {
        Matcher parts = MEMORY.matcher(memory);
        if (!parts.matches()) {
            throw refused(service, "the memory \"" + memory + "\" is not a number of bytes, such as 512m");
        }
        int shift = switch (parts.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        return Long.parseLong(parts.group(1)) << shift;
    }

    private static String name(Service service) throws MojoExecutionException {
        return given(service, service.name(), "name");
    }

    private static String given(Service service, @Nullable String value, String what) throws MojoExecutionException {
        if (value == null) {
            throw refused(service, "it has no " + what);
        }
        return value;
    }

    private static MojoExecutionException refused(Service service, String why) {
        return new MojoExecutionException("the service "
                + Optional.ofNullable(service.name()).orElse("without a name") + " makes no sense: " + why);
    }
}
