package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.output.OutputWords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code --attest}, {@code --provenance} and {@code --sbom}: what is to be attested of the image; nothing where nothing is said. */
final class BuildAttestations {
    static final List<Flag> FLAGS = List.of(
            Flag.list("attest", "", "Attestation parameters (format: \"type=sbom\" or \"type=provenance,mode=max\")"),
            Flag.text(
                    "provenance",
                    "",
                    "Shorthand for \"--attest=type=provenance\" (\"true\", \"mode=min\", \"mode=max\")"),
            Flag.text("sbom", "", "Shorthand for \"--attest=type=sbom\" (\"true\")"));

    private BuildAttestations() {}

    /** Adds them to the query. */
    static void add(Query query, Flags flags) {
        Map<String, String> asked = new TreeMap<>();
        for (String text : flags.list("attest")) {
            OutputWords words = OutputWords.parse(text);
            if (!List.of("sbom", "provenance").contains(words.type())) {
                throw new CliException("invalid attest \"" + text + "\": type is sbom or provenance");
            }
            read(words.type(), words.fields(), text, asked);
        }
        for (String type : List.of("provenance", "sbom")) {
            Optional<String> text = flags.text(type).filter(value -> !value.isEmpty());
            if (text.isPresent()) {
                Map<String, String> fields = text.get().contains("=")
                        ? OutputWords.parse(text.get()).fields()
                        : Map.of("disabled", Boolean.toString(!isTrue(type, text.get())));
                read(type, fields, text.get(), asked);
            }
        }
        asked.forEach(query::add);
    }

    private static boolean isTrue(String flag, String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw Values.invalid(value, flag, "it is true or false, or fields such as mode=max");
        };
    }

    private static void read(String type, Map<String, String> fields, String text, Map<String, String> asked) {
        String mode = type.equals("provenance") ? "min" : "1";
        boolean wanted = true;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            switch (field.getKey()) {
                case "disabled" -> wanted = !isTrue(type, field.getValue());
                case "mode" -> {
                    if (!type.equals("provenance") || !List.of("min", "max").contains(field.getValue())) {
                        throw new CliException(
                                "invalid " + type + " \"" + text + "\": mode is min or max, of provenance");
                    }
                    mode = field.getValue();
                }
                case "version" -> {
                    if (!type.equals("provenance") || !field.getValue().equals("v0.2")) {
                        throw new CliException(
                                "invalid " + type + " \"" + text + "\": provenance is of SLSA's version v0.2");
                    }
                }
                default ->
                    throw new CliException(
                            "invalid " + type + " \"" + text + "\": " + field.getKey() + " is not supported");
            }
        }
        if (wanted) {
            asked.put(type, mode);
        } else {
            asked.remove(type);
        }
    }
}
