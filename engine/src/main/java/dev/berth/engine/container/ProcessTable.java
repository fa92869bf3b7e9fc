package dev.berth.engine.container;

import java.util.List;

/** The processes of a container, as {@code ps} would print them. */
public record ProcessTable(List<String> titles, List<List<String>> processes) {}
