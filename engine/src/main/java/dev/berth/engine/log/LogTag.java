package dev.berth.engine.log;

import dev.berth.engine.system.HostFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The templates of tags: text with {@code {{.Name}}} and the like in it. Of Go's templates it knows the container's
 * fields, and the functions of one text: {@code {{.Name | upper}}}, {@code {{lower .ImageName}}}.
 */
final class LogTag {
    private static final Pattern ACTION = Pattern.compile("\\{\\{-?\\s*(.*?)\\s*-?\\}\\}", Pattern.DOTALL);

    private LogTag() {}

    /** @throws IllegalArgumentException for what cannot be filled in, in the words of Go's templates */
    static void check(String template) {
        of(template, new LogSource("", "", List.of(), "", "", List.of(), java.util.Map.of()));
    }

    /** The template with the container's facts filled in. */
    static String of(String template, LogSource source) {
        StringBuilder text = new StringBuilder();
        Matcher action = ACTION.matcher(template);
        int end = 0;
        while (action.find()) {
            text.append(template, end, action.start()).append(value(action.group(1), source));
            end = action.end();
        }
        if (template.indexOf("{{", end) >= 0) {
            throw new IllegalArgumentException("template: log-tag:1: unclosed action");
        }
        return text.append(template, end, template.length()).toString();
    }

    private static String value(String action, LogSource source) {
        List<String> words = new ArrayList<>(List.of(action.split("\\s*\\|\\s*", -1)));
        List<String> first = List.of(words.removeFirst().split("\\s+"));
        String value = field(first.getLast(), source);
        if (first.size() == 2) {
            value = apply(first.getFirst(), value);
        } else if (first.size() > 2) {
            throw new IllegalArgumentException("template: log-tag:1: unexpected <" + action + "> in a tag");
        }
        for (String function : words) {
            value = apply(function, value);
        }
        return value;
    }

    private static String field(String name, LogSource source) {
        return switch (name) {
            case ".ID" -> source.shortId();
            case ".FullID", ".ContainerID" -> source.id();
            case ".Name" -> source.name();
            case ".ContainerName" -> "/" + source.name();
            case ".Command" -> String.join(" ", source.command());
            case ".ContainerEntrypoint" ->
                source.command().isEmpty() ? "" : source.command().getFirst();
            case ".ImageID" -> source.shortImageId();
            case ".ImageFullID", ".ContainerImageID" -> source.imageId();
            case ".ImageName", ".ContainerImageName" -> source.imageName();
            case ".Hostname" -> HostFacts.hostname();
            case ".DaemonName" -> "docker";
            default -> {
                if (name.startsWith(".")) {
                    throw new IllegalArgumentException("template: log-tag:1:2: executing \"log-tag\" at <" + name
                            + ">: can't evaluate field " + name.substring(1) + " in type *logger.Info");
                }
                throw new IllegalArgumentException("template: log-tag:1: function \"" + name + "\" not defined");
            }
        };
    }

    private static String apply(String function, String value) {
        return switch (function) {
            case "lower" -> value.toLowerCase(Locale.ROOT);
            case "upper" -> value.toUpperCase(Locale.ROOT);
            case "title" -> value.isEmpty() ? "" : value.substring(0, 1).toUpperCase(Locale.ROOT) + value.substring(1);
            case "print" -> value;
            default ->
                throw new IllegalArgumentException("template: log-tag:1: function \"" + function + "\" not defined");
        };
    }
}
