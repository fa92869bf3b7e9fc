package dev.berth.image.oci;

import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.PropertyNames;
import io.avaje.json.stream.BufferedJsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonOutput;
import io.avaje.json.stream.JsonStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * JSON as the library reads and writes it, but with texts as long as their document: the library refuses those of more than
 * 32,768 characters, which an image's labels and a container's variables may well have. Documents are bounded by whoever takes
 * them in. Those that are read from a stream of bytes or characters keep the library's bound.
 */
public final class LongTexts implements JsonStream {
    /** No text of a document that is no longer is refused. */
    private static final int PLAIN_BYTES = 32 << 10;

    private final JsonStream plain;

    private LongTexts(JsonStream plain) {
        this.plain = plain;
    }

    /** Members that are empty are written, as with {@code Jsonb} by itself. */
    public static JsonStream stream() {
        return new LongTexts(JsonStream.builder().serializeEmpty(true).build());
    }

    /** The same of a stream's own manner of writing. */
    static JsonStream of(JsonStream plain) {
        return new LongTexts(plain);
    }

    @Override
    public JsonReader reader(byte[] json) {
        return json.length <= PLAIN_BYTES ? plain.reader(json) : new LongTextReader(plain.reader(json));
    }

    @Override
    public JsonReader reader(String json) {
        return reader(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public JsonReader reader(Reader reader) {
        return plain.reader(reader);
    }

    @Override
    public JsonReader reader(InputStream inputStream) {
        return plain.reader(inputStream);
    }

    @Override
    public JsonWriter writer(Writer writer) {
        return plain.writer(writer);
    }

    @Override
    public JsonWriter writer(OutputStream outputStream) {
        return plain.writer(outputStream);
    }

    @Override
    public JsonWriter writer(JsonOutput output) {
        return plain.writer(output);
    }

    @Override
    public BufferedJsonWriter bufferedWriter() {
        return plain.bufferedWriter();
    }

    @Override
    public BytesJsonWriter bufferedWriterAsBytes() {
        return plain.bufferedWriterAsBytes();
    }

    @Override
    public PropertyNames properties(String... names) {
        return plain.properties(names);
    }
}
