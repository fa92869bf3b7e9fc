package dev.berth.build.inquiry;

import java.util.Optional;

/** What is asked for in place of a build, by the names that BuildKit's clients have for it. */
public enum Inquiry {
    CHECK("frontend.lint", "Lint a Dockerfile"),
    OUTLINE("frontend.outline", "List all parameters current build target supports"),
    TARGETS("frontend.targets", "List all targets current build supports"),
    DESCRIBE("frontend.subrequests.describe", "List available subrequest types");

    /** Of the forms that answers have. */
    static final String VERSION = "1.0.0";

    private final String id;
    private final String description;

    Inquiry(String id, String description) {
        this.id = id;
        this.description = description;
    }

    public String id() {
        return id;
    }

    String description() {
        return description;
    }

    /** The one of this name, where there is one. */
    public static Optional<Inquiry> called(String id) {
        for (Inquiry inquiry : values()) {
            if (inquiry.id.equals(id)) {
                return Optional.of(inquiry);
            }
        }
        return Optional.empty();
    }
}
