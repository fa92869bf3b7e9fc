package dev.berth.linux.nftables;

import java.util.List;
import java.util.Optional;

/**
 * An element of a set, or an entry of a map.
 *
 * @param value of a map to values; empty otherwise
 * @param verdict of a map to verdicts
 */
public record Element(List<Datum> key, List<Datum> value, Optional<Verdict> verdict) {
    public Element {
        key = List.copyOf(key);
        value = List.copyOf(value);
    }

    public static Element of(Datum... key) {
        return new Element(List.of(key), List.of(), Optional.empty());
    }

    /** The same key with this value. */
    public Element to(Datum... value) {
        return new Element(key, List.of(value), Optional.empty());
    }

    /** The same key with this verdict. */
    public Element to(Verdict verdict) {
        return new Element(key, List.of(), Optional.of(verdict));
    }

    /** @throws IllegalArgumentException where it isn't what the set holds */
    void check(NamedSet set, boolean keyOnly) {
        boolean fits = Datum.types(key).equals(set.key())
                && (keyOnly
                        || switch (set.content()) {
                            case NamedSet.Content.Members _ -> value.isEmpty() && verdict.isEmpty();
                            case NamedSet.Content.Verdicts _ -> verdict.isPresent();
                            case NamedSet.Content.Values(List<DataType> types) ->
                                Datum.types(value).equals(types);
                        });
        if (!fits) {
            throw new IllegalArgumentException("not an element of " + set + ": " + this);
        }
    }
}
