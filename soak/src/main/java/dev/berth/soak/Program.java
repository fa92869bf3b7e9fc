package dev.berth.soak;

import java.util.List;

/** What runs in a container, so that how it ends and what it prints is known beforehand. */
sealed interface Program {
    /** The command, for a shell that is told a word to print. */
    String script();

    /** Runs until it is told to end: prints on SIGHUP, and ends by SIGTERM with 7. */
    record Sleeper() implements Program {
        static final int TERM_CODE = 7;

        @Override
        public String script() {
            return "echo up $0; trap 'echo term; exit " + TERM_CODE + "' TERM; trap 'echo hup' HUP; echo ready;"
                    + " sleep 86400 & while :; do wait $!; done";
        }
    }

    /** Prints lines and ends by itself. */
    record Finisher(int lines, int code) implements Program {
        @Override
        public String script() {
            return "seq 1 " + lines + "; echo $0 >&2; exit " + code;
        }

        String printed() {
            StringBuilder text = new StringBuilder();
            for (int i = 1; i <= lines; i++) {
                text.append(i).append('\n');
            }
            return text.toString();
        }
    }

    /** As JSON. */
    static String command(List<String> words) {
        StringBuilder json = new StringBuilder("[");
        for (String word : words) {
            json.append(json.length() == 1 ? "\"" : ",\"")
                    .append(word.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return json.append(']').toString();
    }
}
