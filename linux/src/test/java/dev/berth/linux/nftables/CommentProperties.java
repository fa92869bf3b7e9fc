package dev.berth.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class CommentProperties {
    @Property
    void aCommentIsReadBackAlsoBehindOtherData(
            @ForAll @AlphaChars @StringLength(min = 1, max = 127) String comment,
            @ForAll @Size(max = 50) byte[] other) {
        byte[] encoded = Comment.encode(comment);
        assertThat(Comment.decode(encoded)).contains(comment);
        byte[] both = new byte[2 + other.length + encoded.length];
        both[0] = 1;
        both[1] = (byte) other.length;
        System.arraycopy(other, 0, both, 2, other.length);
        System.arraycopy(encoded, 0, both, 2 + other.length, encoded.length);
        assertThat(Comment.decode(both)).contains(comment);
    }

    @Property
    void dataOfAnyKindHasACommentOrNone(@ForAll @Size(max = 256) byte[] data) {
        Comment.decode(data).ifPresent(comment -> assertThat(comment.length()).isLessThan(data.length));
        assertThat(Comment.decode(Arrays.copyOf(data, Math.min(1, data.length))))
                .isEmpty();
    }
}
