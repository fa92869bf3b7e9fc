package dev.berth.engine.log;

import dev.berth.engine.log.SyslogOptions.Address;
import dev.berth.engine.log.SyslogOptions.TlsFiles;
import dev.berth.engine.stream.OutputSink.Stream;
import dev.berth.engine.system.HostFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Docker's syslog driver: a message a line, with the priority of its stream. */
final class SyslogDriver extends RemoteDriver {
    private static final List<Path> HOST_SOCKETS =
            List.of(Path.of("/dev/log"), Path.of("/var/run/syslog"), Path.of("/var/run/log"));
    private static final int ERROR = 3;
    private static final int INFO = 6;

    private static final DateTimeFormatter STAMP = format("MMM ppd HH:mm:ss");
    private static final DateTimeFormatter SECONDS = format("uuuu-MM-dd'T'HH:mm:ssXXX");
    private static final DateTimeFormatter MICROS = format("uuuu-MM-dd'T'HH:mm:ss.SSSSSSXXX");

    private final SyslogOptions server;
    private final LogAttributes attributes;
    private String tag = "";

    SyslogDriver(SyslogOptions server, LogAttributes attributes) {
        this.server = server;
        this.attributes = attributes;
    }

    @Override
    public void open(LogSource source) throws IOException {
        tag = attributes.tagOr(source);
        super.open(source);
    }

    @Override
    Wire connect() throws IOException {
        return switch (server.address()) {
            case Address.Host() -> host();
            case Address.UnixDatagram(Path path) -> Wires.unixDatagram(path);
            case Address.UnixStream(Path path) -> Wires.unixStream(path);
            case Address.Udp(String host, int port) -> Wires.udp(host, port);
            case Address.Tcp(String host, int port) -> Wires.tcp(host, port);
            case Address.Tls(String host, int port, TlsFiles files) -> Wires.tls(host, port, files);
        };
    }

    private static Wire host() throws IOException {
        IOException failure = new IOException("Unix syslog delivery error");
        for (Path socket : HOST_SOCKETS) {
            try {
                return Wires.unixDatagram(socket);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    /** An empty line says nothing to a server. */
    @Override
    void encode(Message message, ByteBuilder out) {
        if (message.length() > 0) {
            String head = head(message);
            if (isFramed()) {
                out.add((head.getBytes(StandardCharsets.UTF_8).length + message.length() + 1) + " ");
            }
            out.add(head);
            out.add(message.bytes(), message.from(), message.to());
            out.add('\n');
        }
    }

    /** By its length, as RFC 5425 (section 4.3) has it for messages of RFC 5424 over TLS. */
    private boolean isFramed() {
        return server.address() instanceof Address.Tls
                && switch (server.format()) {
                    case RFC5424, RFC5424MICRO -> true;
                    case UNIX, RFC3164 -> false;
                };
    }

    private String head(Message message) {
        int priority = server.facility() << 3 | (message.stream() == Stream.STDERR ? ERROR : INFO);
        long pid = ProcessHandle.current().pid();
        Instant at = message.at();
        return switch (server.format()) {
            case UNIX -> "<" + priority + ">" + STAMP.format(at) + " " + tag + "[" + pid + "]: ";
            case RFC3164 ->
                "<" + priority + ">" + STAMP.format(at) + " " + HostFacts.hostname() + " " + tag + "[" + pid + "]: ";
            case RFC5424 -> rfc5424(priority, SECONDS.format(at), pid);
            case RFC5424MICRO -> rfc5424(priority, MICROS.format(at), pid);
        };
    }

    private String rfc5424(int priority, String time, long pid) {
        return "<" + priority + ">1 " + time + " " + HostFacts.hostname() + " " + tag + " " + pid + " " + tag + " - ";
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneId.systemDefault());
    }
}
