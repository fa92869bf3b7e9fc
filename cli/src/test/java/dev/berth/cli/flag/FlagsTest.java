package dev.berth.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagsTest {
    private static final List<Flag> KNOWN = List.of(
            Flag.flag("interactive", "i", "Keep open"),
            Flag.flag("tty", "t", "A terminal"),
            Flag.text("name", "", "A name"),
            Flag.text("user", "u", "A user"),
            Flag.number("time", "", "Seconds"),
            Flag.list("env", "e", "Variables"));

    private static Flags parse(String... words) {
        return Flags.parse(KNOWN, List.of(words), true);
    }

    @Test
    void valuesStandBesideOrBehindAnEqualsSign() {
        assertThat(parse("--name", "a", "--user=b").text("name")).contains("a");
        assertThat(parse("--name", "a", "--user=b").text("user")).contains("b");
        assertThat(parse("-u", "c").text("user")).contains("c");
        assertThat(parse("-uc").text("user")).contains("c");
        assertThat(parse("-u=c").text("user")).contains("c");
        assertThat(parse("--name=").text("name")).contains("");
    }

    @Test
    void shorthandsAreStrungTogether() {
        Flags flags = parse("-itu", "root", "image");
        assertThat(flags.has("interactive")).isTrue();
        assertThat(flags.has("tty")).isTrue();
        assertThat(flags.text("user")).contains("root");
        assertThat(flags.arguments()).containsExactly("image");
    }

    @Test
    void theLastValueCountsAndAListHasThemAll() {
        Flags flags = parse("--name=a", "-eA=1", "--name=b", "--env", "B=2");
        assertThat(flags.text("name")).contains("b");
        assertThat(flags.list("env")).containsExactly("A=1", "B=2");
    }

    @Test
    void aSwitchMayBeSetToFalse() {
        assertThat(parse("--tty=false").has("tty", true)).isFalse();
        assertThat(parse("--tty=false").isSet("tty")).isTrue();
        assertThat(parse().has("tty", true)).isTrue();
    }

    @Test
    void flagsOfTheCommandThatIsRunAreNotOurs() {
        Flags flags = Flags.parse(KNOWN, List.of("-i", "image", "ls", "-t", "--name"), false);
        assertThat(flags.has("tty")).isFalse();
        assertThat(flags.arguments()).containsExactly("image", "ls", "-t", "--name");
    }

    @Test
    void whatFollowsTwoDashesIsNoFlag() {
        assertThat(parse("-i", "--", "-t").arguments()).containsExactly("-t");
        assertThat(parse("-").arguments()).containsExactly("-");
    }

    @Test
    void numbersAreNumbers() {
        assertThat(parse("--time", "-1").number("time")).isEqualTo(OptionalLong.of(-1));
        assertThat(parse().number("time")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--nme=x|unknown flag: --nme",
                "-x|unknown shorthand flag: 'x' in -x",
                "-ix|unknown shorthand flag: 'x' in -ix",
                "--name|flag needs an argument: --name",
                "-u|flag needs an argument: 'u' in -u",
                "--time=soon|invalid argument \"soon\" for \"--time\" flag: strconv.ParseInt: parsing \"soon\": invalid syntax",
                "--tty=maybe|invalid argument \"maybe\" for \"-t, --tty\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            })
    void whatIsWrongIsSaidInTheWordsOfPflag(String word, String message) {
        assertThatThrownBy(() -> parse(word)).isInstanceOf(CliException.class).hasMessage(message);
    }

    @Test
    void helpIsSortedAndAligned() {
        assertThat(FlagHelp.of(KNOWN, 79).lines())
                .containsExactly(
                        "  -e, --env list      Variables",
                        "  -i, --interactive   Keep open",
                        "      --name string   A name",
                        "      --time int      Seconds",
                        "  -t, --tty           A terminal",
                        "  -u, --user string   A user");
    }
}
