package dev.berth.build.inquiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.context.IgnoreFile;
import dev.berth.build.dockerfile.BuildArguments;
import dev.berth.build.dockerfile.BuildPlatforms;
import dev.berth.build.dockerfile.CheckContext;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final String DOUBTFUL = """
            FROM scratch AS Build
            ENV TOKEN=x
            """;

    private static Answer answer(Inquiry inquiry, String source, String target, Map<String, String> arguments)
            throws IOException {
        CheckContext context = new CheckContext(
                new BuildArguments(arguments),
                BuildPlatforms.of(new Platform("linux", "amd64", "")),
                Optional.of(target).filter(stage -> !stage.isEmpty()),
                target.isEmpty(),
                IgnoreFile.NONE,
                (reference, platform) -> {
                    if (reference.equals("gone")) {
                        throw new IOException("no such image: gone");
                    }
                    return CheckContext.Base.EMPTY;
                });
        return new Answers(source, "Dockerfile", _ -> false, context).to(inquiry);
    }

    private static JsonObject json(Answer answer) throws IOException {
        return JsonObject.parse(answer.json().getBytes(StandardCharsets.UTF_8), "the answer");
    }

    @Test
    void whatIsDoubtfulIsToldForPeopleAndForPrograms() throws Exception {
        Answer answer = answer(Inquiry.CHECK, DOUBTFUL, "", Map.of());
        assertThat(answer.text()).isEqualTo("""

                WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
                Stage name 'Build' should be lowercase
                Dockerfile:1
                --------------------
                   1 | >>> FROM scratch AS Build
                   2 |     ENV TOKEN=x
                   3 |    \s
                --------------------

                WARNING: SecretsUsedInArgOrEnv - https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/
                Do not use ARG or ENV instructions for sensitive data (ENV "TOKEN")
                Dockerfile:2
                --------------------
                   1 |     FROM scratch AS Build
                   2 | >>> ENV TOKEN=x
                   3 |    \s
                --------------------
                """);
        assertThat(answer.json()).startsWith("""
                {
                  "warnings": [
                    {
                      "ruleName": "StageNameCasing",
                      "description": "Stage names should be lowercase",
                      "url": "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
                      "detail": "Stage name 'Build' should be lowercase",
                      "location": {
                        "ranges": [
                          {
                            "start": {
                              "line": 1
                            },
                            "end": {
                              "line": 1
                            }
                          }
                        ]
                      }
                    },
                """);
        JsonObject source = json(answer).objects("sources").getFirst();
        assertThat(source.string("filename")).isEqualTo("Dockerfile");
        assertThat(Base64.getDecoder().decode(source.string("data"))).asString().isEqualTo(DOUBTFUL);
        assertThat(answer.metadata()).containsEntry("result.statuscode", "1").containsEntry("version", "1.0.0");
    }

    @Test
    void whereNothingIsDoubtfulThereIsNothingToSay() throws Exception {
        Answer answer = answer(Inquiry.CHECK, "FROM scratch\n", "", Map.of());
        assertThat(answer)
                .extracting(Answer::text, Answer::error, Answer::status)
                .containsExactly("", "", 0);
        assertThat(answer.json()).startsWith("{\n  \"warnings\": null,\n");
    }

    @Test
    void whatCannotBeBuiltIsAnAnswerToACheckWithWhatWasFoundBefore() throws Exception {
        Answer broken = answer(Inquiry.CHECK, "FROM scratch\nRUNN x\n", "", Map.of());
        assertThat(broken.error())
                .startsWith("dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)\n"
                        + "Dockerfile:2\n");
        JsonObject error = json(broken).requiredObject("buildError");
        assertThat(error.string("message")).startsWith("dockerfile parse error on line 2");
        assertThat(error.requiredObject("location").objects("ranges")).hasSize(1);
        assertThat(broken.status()).isEqualTo(1);

        Answer baseless = answer(Inquiry.CHECK, "FROM scratch AS A\nFROM gone\n", "", Map.of());
        assertThat(baseless.text()).contains("StageNameCasing");
        assertThat(baseless.error()).startsWith("no such image: gone\nDockerfile:2\n");

        Answer failing = answer(Inquiry.CHECK, "# check=error=true\n" + DOUBTFUL, "", Map.of());
        assertThat(failing.error())
                .isEqualTo("lint violation found for rules: StageNameCasing, SecretsUsedInArgOrEnv\n");
        Answer skipped = answer(
                Inquiry.CHECK,
                "# check=error=true\n" + DOUBTFUL,
                "",
                Map.of("BUILDKIT_DOCKERFILE_CHECK", "skip=StageNameCasing"));
        assertThat(skipped.error()).isEmpty();
        assertThat(json(skipped).objects("warnings")).hasSize(1);
    }

    @Test
    void anOutlineHasWhatABuildOfTheTargetCanBeGiven() throws Exception {
        String source = """
                ARG base=box
                ARG unused=abc${base}
                # tag is a suffix
                ARG tag="y${base}"
                FROM bus${tag} AS first
                # this is not assigned to anything
                ARG FOO=123
                # BAR is a number
                ARG BAR=456
                RUN --mount=type=secret,id=key-${BAR},required=true --mount=type=ssh true
                FROM alpine${unused} AS second
                ARG BAZ
                RUN --mount=type=secret,id=other true
                FROM scratch AS third
                ARG ABC=a
                ARG TARGETARCH
                # target defines build target
                FROM third AS target
                COPY --from=first /etc/passwd /
                RUN --mount=type=ssh,id=late,required true
                FROM second
                """;
        Answer answer = answer(Inquiry.OUTLINE, source, "target", Map.of("BAR", "678"));
        assertThat(answer.text()).isEqualTo("""
                TARGET:      target
                DESCRIPTION: defines build target

                BUILD ARG   VALUE   DESCRIPTION
                base        box    \s
                tag         ybox    is a suffix
                FOO         123    \s
                BAR         678     is a number
                ABC         a      \s

                SECRET    REQUIRED
                key-678   true

                SSH       REQUIRED
                default  \s
                late      true

                """);
        JsonObject json = json(answer);
        assertThat(json.string("name")).isEqualTo("target");
        assertThat(json.objects("args").get(3).string("description")).isEqualTo("is a number");
        assertThat(json.objects("secrets").getFirst().bool("required")).isTrue();
        assertThat(json.objects("ssh")).hasSize(2);
        assertThatThrownBy(() -> answer(Inquiry.OUTLINE, source, "none", Map.of()))
                .isInstanceOf(DockerfileException.class)
                .hasMessage("target stage \"none\" could not be found");
    }

    @Test
    void argumentsThatAreMadeOfEachOtherAreListedOnce() throws Exception {
        Answer answer = answer(Inquiry.OUTLINE, """
                ARG FOO=123
                ARG ABC=abc
                ARG DEF=def
                ARG FOO=${FOO}${ABC}
                ARG BAR=${FOO}456
                ARG FOO=${FOO}456${BAR}
                FROM scratch
                ARG FOO
                ARG OWN=123
                ARG OWN=${OWN}456
                """, "", Map.of());
        List<String> arguments = new java.util.ArrayList<>();
        for (JsonObject argument : json(answer).objects("args")) {
            arguments.add(argument.string("name") + "=" + argument.string("value"));
        }
        assertThat(arguments).containsExactly("ABC=abc", "BAR=123abc456", "FOO=123abc456123abc456", "OWN=123456");
    }

    @Test
    void targetsAreTheStages() throws Exception {
        Answer answer = answer(Inquiry.TARGETS, """
                # build makes it
                FROM --platform=$BUILDPLATFORM box AS build
                RUN x
                FROM build AS test
                FROM scratch
                """, "", Map.of());
        assertThat(answer.text()).isEqualTo("""
                TARGET    DESCRIPTION
                build     makes it
                test     \s
                (default)\s
                """);
        List<JsonObject> targets = json(answer).objects("targets");
        assertThat(targets.getFirst().string("platform")).isEqualTo("$BUILDPLATFORM");
        assertThat(targets.getLast().bool("default")).isTrue();
        assertThat(targets.getLast().has("name")).isFalse();
    }

    @Test
    void whatCanBeAskedIsDescribed() throws Exception {
        Answer answer = answer(Inquiry.DESCRIBE, "FROM scratch\n", "", Map.of());
        assertThat(answer.text()).startsWith("""
                NAME                 VERSION DESCRIPTION
                lint                 1.0.0   Lint a Dockerfile
                outline              1.0.0   List all parameters current build target supports
                """);
        assertThat(answer.json()).startsWith("[\n  {\n    \"name\": \"frontend.lint\",\n");
        assertThat(Inquiry.called("frontend.nonsense")).isEmpty();
    }
}
