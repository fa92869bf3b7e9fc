package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildListener;
import dev.berth.build.dockerfile.CheckContext;
import dev.berth.build.dockerfile.CheckOptions;
import dev.berth.build.dockerfile.CheckReport;
import dev.berth.build.dockerfile.CheckWarning;
import dev.berth.build.dockerfile.Checks;
import dev.berth.build.dockerfile.Dockerfile;
import java.io.IOException;
import java.util.List;

/**
 * What is doubtful in a build's Dockerfile. It is told of when all is built, for bases bring variables with them; where the file
 * wants that a build fails for it, nothing is built.
 */
final class BuildChecks {
    private final Dockerfile dockerfile;
    private final CheckContext context;
    private final BuildListener listener;
    private final boolean failing;

    /** @throws dev.berth.build.dockerfile.DockerfileException when the file asks for checks that there are not */
    BuildChecks(Dockerfile dockerfile, CheckContext context, BuildListener listener) {
        this.dockerfile = dockerfile;
        this.context = context;
        this.listener = listener;
        this.failing = CheckOptions.of(dockerfile, context.given()).failing();
    }

    /**
     * Before the first step.
     *
     * @throws BuildException where the build fails for what is doubtful
     * @throws IOException when a base cannot be had
     */
    void before() throws IOException {
        if (!failing) {
            return;
        }
        CheckReport report = report();
        report.error().ifPresent(error -> {
            throw error;
        });
        report.failure().ifPresent(failure -> {
            report.warnings().forEach(warning -> listener.text(warning.full(dockerfile.name(), dockerfile.source())));
            throw BuildException.invalid(failure);
        });
    }

    /** When all is built. */
    void after() throws IOException {
        CheckReport report = report();
        if (!report.unused().isEmpty()) {
            String names = String.join(" ", report.unused());
            listener.text("[Warning] One or more build-args [" + names + "] were not consumed\n");
        }
        List<CheckWarning> warnings = report.warnings();
        warnings.forEach(warning -> listener.warning(dockerfile, warning));
        if (!warnings.isEmpty()) {
            StringBuilder text = new StringBuilder(warnings.size() == 1 ? "1 warning" : warnings.size() + " warnings");
            text.append(" found:\n");
            warnings.forEach(
                    warning -> text.append(" - ").append(warning.brief()).append('\n'));
            listener.text(text.toString());
        }
    }

    private CheckReport report() throws IOException {
        CheckReport report = Checks.of(dockerfile, context);
        if (report.error().map(Throwable::getCause).orElse(null) instanceof IOException e) {
            throw e;
        }
        return report;
    }
}
