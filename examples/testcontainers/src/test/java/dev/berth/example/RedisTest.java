package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.redis.testcontainers.RedisContainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers
class RedisTest {
    @Container
    private static final RedisContainer REDIS = new RedisContainer(Images.ofDebian("redis", "redis"));

    @Test
    void whatIsSetFromHereIsReadInTheContainer() throws IOException, InterruptedException {
        try (Socket socket = new Socket(REDIS.getRedisHost(), REDIS.getRedisPort());
                BufferedReader answers =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream().write("SET answer 42\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(answers.readLine()).isEqualTo("+OK");
        }
        assertThat(REDIS.execInContainer("redis-cli", "incr", "answer").getStdout())
                .isEqualTo("43\n");
    }
}
