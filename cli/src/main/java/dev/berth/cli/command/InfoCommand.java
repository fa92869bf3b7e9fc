package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Template;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code berth info}. */
final class InfoCommand {
    private final PrintStream out;
    private final Tree info;

    private InfoCommand(PrintStream out, Tree info) {
        this.out = out;
        this.info = info;
    }

    static Command command() {
        return Command.of(
                "info [OPTIONS]", "Display system-wide information", 0, 0, List.of(Flag.format("f")), InfoCommand::run);
    }

    private static int run(Context context, Flags flags) {
        Optional<String> format = flags.text("format").filter(text -> !text.isEmpty());
        Optional<Template> template =
                format.filter(text -> !text.equals("json")).map(text -> new Template(text, Template.Style.INFO));
        Tree info = new Tree(Map.of());
        Optional<String> failure = Optional.empty();
        try {
            info = context.client().get("/info");
        } catch (ApiException e) {
            failure = Optional.of(e.sentence());
        } catch (CliException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
        Map<String, @Nullable Object> all = info.members();
        Map<String, @Nullable Object> client = VersionCommand.client(context, Optional.empty());
        client.put("Debug", context.options().debug());
        client.put("Plugins", List.of());
        client.put("Warnings", null);
        all.put("ClientInfo", client);
        if (template.isPresent()) {
            context.out().println(InspectCommand.apply(context, template.get(), all));
        } else if (format.isPresent()) {
            context.out().println(Json.text(all));
        } else {
            print(context, info, failure.isEmpty());
        }
        context.out().flush();
        failure.ifPresent(why ->
                context.err().println(format.isPresent() ? why : "ERROR: " + why + "\nerrors pretty printing info"));
        if (failure.isEmpty() && format.isEmpty()) {
            info.texts("Warnings").forEach(context.err()::println);
        }
        return failure.isPresent() ? 1 : 0;
    }

    private static void print(Context context, Tree info, boolean answered) {
        PrintStream out = context.out();
        out.println("Client:");
        out.println(" Version:    " + Commands.VERSION);
        out.println(" Context:    " + context.options().context());
        out.println(" Debug Mode: " + context.options().debug());
        out.println("\nServer:");
        if (answered) {
            new InfoCommand(out, info).server();
            out.println();
        }
    }

    private void server() {
        line("Containers", info.text("Containers"));
        line(" Running", info.text("ContainersRunning"));
        line(" Paused", info.text("ContainersPaused"));
        line(" Stopped", info.text("ContainersStopped"));
        line("Images", info.text("Images"));
        line("Server Version", info.text("ServerVersion"));
        line("Storage Driver", info.text("Driver"));
        info.list("DriverStatus").forEach(pair -> line(" " + at(pair, 0), at(pair, 1)));
        line("Logging Driver", info.text("LoggingDriver"));
        line("Cgroup Driver", info.text("CgroupDriver"));
        line("Cgroup Version", info.text("CgroupVersion"));
        line("Plugins", "");
        line(" Volume", String.join(" ", info.texts("Plugins", "Volume")));
        line(" Network", String.join(" ", info.texts("Plugins", "Network")));
        line(" Log", String.join(" ", info.texts("Plugins", "Log")));
        line("Swarm", info.text("Swarm", "LocalNodeState"));
        line("Runtimes", String.join(" ", info.map("Runtimes").keySet()));
        line("Default Runtime", info.text("DefaultRuntime"));
        line("Init Binary", info.text("InitBinary"));
        security();
        host();
    }

    private static String at(Tree pair, int index) {
        List<String> texts = pair.texts();
        return index < texts.size() ? texts.get(index) : "";
    }

    /** {@code name=seccomp,profile=builtin}: the name, and below it what is known of it. */
    private void security() {
        if (info.texts("SecurityOptions").isEmpty()) {
            return;
        }
        line("Security Options", "");
        for (String option : info.texts("SecurityOptions")) {
            for (String pair : option.split(",", -1)) {
                int equals = pair.indexOf('=');
                String name = pair.substring(0, Math.max(0, equals));
                String value = pair.substring(equals + 1);
                out.println(
                        name.equals("name")
                                ? "  " + value
                                : "   " + name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1)
                                        + ": " + value);
            }
        }
    }

    private void host() {
        line("Kernel Version", info.text("KernelVersion"));
        line("Operating System", info.text("OperatingSystem"));
        line("OSType", info.text("OSType"));
        line("Architecture", info.text("Architecture"));
        line("CPUs", info.text("NCPU"));
        line("Total Memory", Human.binarySize(info.number("MemTotal")));
        line("Name", info.text("Name"));
        line("ID", info.text("ID"));
        line("Docker Root Dir", info.text("DockerRootDir"));
        line("Debug Mode", info.text("Debug"));
        if (info.flag("Debug")) {
            line(" File Descriptors", info.text("NFd"));
            line(" Threads", info.text("NGoroutines"));
            line(" System Time", info.text("SystemTime"));
            line(" EventsListeners", info.text("NEventsListener"));
        }
        for (String proxy : new String[] {"HttpProxy", "HttpsProxy", "NoProxy"}) {
            if (!info.text(proxy).isEmpty()) {
                line(proxy.replace("P", " P").replace("Http", "HTTP").replace("HTTPs", "HTTPS"), info.text(proxy));
            }
        }
        list("Labels", info.texts("Labels"));
        line("Experimental", info.text("ExperimentalBuild"));
        list("Insecure Registries", info.texts("RegistryConfig", "InsecureRegistryCIDRs"));
        list("Registry Mirrors", info.texts("RegistryConfig", "Mirrors"));
        line("Live Restore Enabled", info.text("LiveRestoreEnabled"));
        if (!info.text("ProductLicense").isEmpty()) {
            line("Product License", info.text("ProductLicense"));
        }
    }

    private void line(String name, String value) {
        String bare = name.stripLeading();
        out.println(" " + name.substring(0, name.length() - bare.length()) + bare + ":"
                + (name.equals("Plugins") || name.equals("Security Options") ? "" : " " + value));
    }

    private void list(String name, List<String> values) {
        if (!values.isEmpty()) {
            out.println(" " + name + ":");
            values.forEach(value -> out.println("  " + value));
        }
    }
}
