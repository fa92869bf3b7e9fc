package dev.berth.cli.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a JSON document. What is missing or of another kind is empty, zero or false: the daemon's word is taken. */
public record Tree(@Nullable Object value) {
    private static final Tree MISSING = new Tree(null);

    /** The member at a path of names. */
    public Tree get(String... names) {
        Tree current = this;
        for (String name : names) {
            current = current.value instanceof Map<?, ?> map ? new Tree(map.get(name)) : MISSING;
        }
        return current;
    }

    public boolean isMissing() {
        return value == null;
    }

    public String text() {
        return value == null ? "" : String.valueOf(value);
    }

    public String text(String... names) {
        return get(names).text();
    }

    public long number(String... names) {
        return get(names).value instanceof Number number ? number.longValue() : 0;
    }

    public boolean flag(String... names) {
        return Boolean.TRUE.equals(get(names).value);
    }

    public List<Tree> list(String... names) {
        List<Tree> elements = new ArrayList<>();
        if (get(names).value instanceof List<?> list) {
            list.forEach(element -> elements.add(new Tree(element)));
        }
        return elements;
    }

    public List<String> texts(String... names) {
        return list(names).stream().map(Tree::text).toList();
    }

    public Map<String, Tree> map(String... names) {
        Map<String, Tree> members = new LinkedHashMap<>();
        if (get(names).value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), new Tree(member)));
        }
        return members;
    }

    /** The members as they are, in a map that may be changed; empty where there is none. */
    public Map<String, @Nullable Object> members(String... names) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (get(names).value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), member));
        }
        return members;
    }
}
