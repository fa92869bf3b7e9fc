package dev.berth.build.inquiry;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is to be said to an inquiry.
 *
 * @param json for programs
 * @param text for people, in lines; empty where there is nothing to say
 * @param error why the rest could not be looked at, with the lines that it is about; empty where all was
 * @param status the exit code of a program that asks
 */
public record Answer(String json, String text, String error, int status) {
    static Answer of(String json, String text) {
        return new Answer(json, text, "", 0);
    }

    /** As the result of BuildKit's frontend has it. */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("result.json", json);
        metadata.put("result.txt", text);
        metadata.put("result.statuscode", String.valueOf(status));
        metadata.put("version", Inquiry.VERSION);
        return metadata;
    }
}
