package dev.berth.build.dockerfile;

import java.util.Optional;

/** What is looked for in a Dockerfile that can be built and still may not be what was meant: Docker's rules, in its words. */
public enum CheckRule {
    STAGE_NAME_CASING("StageNameCasing", "stage-name-casing", "Stage names should be lowercase"),
    FROM_AS_CASING("FromAsCasing", "from-as-casing", "The 'as' keyword should match the case of the 'from' keyword"),
    NO_EMPTY_CONTINUATION(
            "NoEmptyContinuation",
            "no-empty-continuation",
            "Empty continuation lines will become errors in a future release"),
    CONSISTENT_INSTRUCTION_CASING(
            "ConsistentInstructionCasing",
            "consistent-instruction-casing",
            "All commands within the Dockerfile should use the same casing (either upper or lower)"),
    DUPLICATE_STAGE_NAME("DuplicateStageName", "duplicate-stage-name", "Stage names should be unique"),
    RESERVED_STAGE_NAME("ReservedStageName", "reserved-stage-name", "Reserved words should not be used as stage names"),
    JSON_ARGS_RECOMMENDED(
            "JSONArgsRecommended",
            "json-args-recommended",
            "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals"),
    MAINTAINER_DEPRECATED(
            "MaintainerDeprecated",
            "maintainer-deprecated",
            "The MAINTAINER instruction is deprecated, use a label instead to define an image author"),
    UNDEFINED_ARG_IN_FROM("UndefinedArgInFrom", "undefined-arg-in-from", "FROM command must use declared ARGs"),
    WORKDIR_RELATIVE_PATH(
            "WorkdirRelativePath",
            "workdir-relative-path",
            "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base"
                    + " image changes"),
    UNDEFINED_VAR("UndefinedVar", "undefined-var", "Variables should be defined before their use"),
    MULTIPLE_INSTRUCTIONS_DISALLOWED(
            "MultipleInstructionsDisallowed",
            "multiple-instructions-disallowed",
            "Multiple instructions of the same type should not be used in the same stage"),
    LEGACY_KEY_VALUE_FORMAT(
            "LegacyKeyValueFormat",
            "legacy-key-value-format",
            "Legacy key/value format with whitespace separator should not be used"),
    INVALID_BASE_IMAGE_PLATFORM(
            "InvalidBaseImagePlatform", "", "Base image platform does not match expected target platform"),
    REDUNDANT_TARGET_PLATFORM(
            "RedundantTargetPlatform",
            "redundant-target-platform",
            "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"),
    SECRETS_USED_IN_ARG_OR_ENV(
            "SecretsUsedInArgOrEnv",
            "secrets-used-in-arg-or-env",
            "Sensitive data should not be used in the ARG or ENV commands"),
    INVALID_DEFAULT_ARG_IN_FROM(
            "InvalidDefaultArgInFrom",
            "invalid-default-arg-in-from",
            "Default value for global ARG results in an empty or invalid base image name"),
    FROM_PLATFORM_FLAG_CONST_DISALLOWED(
            "FromPlatformFlagConstDisallowed",
            "from-platform-flag-const-disallowed",
            "FROM --platform flag should not use a constant value"),
    COPY_IGNORED_FILE(
            "CopyIgnoredFile", "copy-ignored-file", "Attempting to Copy file that is excluded by .dockerignore"),
    INVALID_DEFINITION_DESCRIPTION(
            "InvalidDefinitionDescription",
            "invalid-definition-description",
            "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is"
                    + " not intended to be a description comment, add an empty line or comment between the instruction and"
                    + " the comment."),
    EXPOSE_PROTO_CASING(
            "ExposeProtoCasing", "expose-proto-casing", "Protocol in EXPOSE instruction should be lowercase"),
    EXPOSE_INVALID_FORMAT(
            "ExposeInvalidFormat",
            "expose-invalid-format",
            "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a"
                    + " future release");

    private final String title;
    private final String page;
    private final String description;

    CheckRule(String title, String page, String description) {
        this.title = title;
        this.page = page;
        this.description = description;
    }

    /** Its name as directives and messages have it. */
    public String title() {
        return title;
    }

    public String description() {
        return description;
    }

    /** The page that explains it; empty where Docker has none. */
    public String url() {
        return page.isEmpty() ? "" : "https://docs.docker.com/go/dockerfile/rule/" + page + "/";
    }

    /** Whether it is only looked at when somebody asks for it. */
    public boolean isExperimental() {
        return this == INVALID_DEFINITION_DESCRIPTION;
    }

    static Optional<CheckRule> called(String title) {
        for (CheckRule rule : values()) {
            if (rule.title.equals(title)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }
}
