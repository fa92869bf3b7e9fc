package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

@Testcontainers
class PostgresqlTest {
    @Container
    private static final PostgreSQLContainer DATABASE = new PostgreSQLContainer(Images.ofDebian("postgresql", "postgres"))
            .withDatabaseName("shop")
            .withUsername("keeper")
            .withPassword("secret")
            .withInitScript("orders.sql");

    @Test
    void theDatabaseHasWhatTheInitScriptMadeAndTakesMore() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        DATABASE.getJdbcUrl(), DATABASE.getUsername(), DATABASE.getPassword());
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO orders (article, pieces) VALUES ('rope', 6)"))
                    .isOne();
            try (ResultSet result = statement.executeQuery("SELECT current_user, sum(pieces) FROM orders")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getString(1)).isEqualTo("keeper");
                assertThat(result.getInt(2)).isEqualTo(42);
            }
        }
    }
}
