package dev.berth.build;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of builds: each has a workshop of its own, which nothing may be left in. */
abstract class InWorkshop {
    @TempDir
    Path dir;

    Workshop shop;

    @BeforeEach
    final void openShop() throws IOException, InterruptedException {
        shop = new Workshop(dir.resolve("shop"));
    }

    @AfterEach
    final void closeShop() throws IOException {
        shop.closeClean();
    }
}
