package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.container.ContainerStats;
import dev.berth.engine.container.Containers;
import dev.berth.engine.network.InterfaceTraffic;
import dev.berth.level.Stats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a container uses, as {@code stats} shows it: each view also holds the one before, for rates. */
public final class StatsView {
    private static final long INTERVAL_MILLIS = 1_000;
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private final Containers containers;
    private final String id;
    private Optional<ContainerStats> last = Optional.empty();

    public StatsView(Containers containers, String id) {
        this.containers = containers;
        this.id = id;
    }

    /**
     * The next view.
     *
     * @param withRate whether to wait for a second figure where there is only one, and for a second to pass otherwise
     */
    public Map<String, @Nullable Object> next(boolean withRate) throws IOException {
        if (withRate) {
            if (last.isEmpty()) {
                last = Optional.of(containers.stats(id));
            }
            pause();
        }
        ContainerStats now = containers.stats(id);
        Map<String, @Nullable Object> view = view(now, last);
        last = Optional.of(now);
        return view;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(INTERVAL_MILLIS);
        } catch (InterruptedException e) {
            throw new IOException("the client is gone", e);
        }
    }

    private static Map<String, @Nullable Object> view(ContainerStats now, Optional<ContainerStats> before) {
        Map<String, @Nullable Object> view = JsonTree.of(
                "id", now.id(),
                "name", "/" + now.name(),
                "read", now.read().toString(),
                "preread", before.map(stats -> stats.read().toString()).orElse(NEVER),
                "num_procs", 0,
                "storage_stats", Map.of());
        view.put("blkio_stats", now.usage().map(StatsView::transfers).orElse(Map.of()));
        view.put("pids_stats", now.usage().map(StatsView::pids).orElse(Map.of()));
        view.put("cpu_stats", cpu(now));
        view.put("precpu_stats", before.map(StatsView::cpu).orElse(Map.of("cpu_usage", Map.of("total_usage", 0))));
        view.put(
                "memory_stats",
                now.usage().map(usage -> memory(usage, now.hostMemoryBytes())).orElse(Map.of()));
        if (!now.networks().isEmpty()) {
            Map<String, @Nullable Object> networks = JsonTree.of();
            now.networks().forEach((name, traffic) -> networks.put(name, traffic(traffic)));
            view.put("networks", networks);
        }
        return view;
    }

    private static Map<String, @Nullable Object> traffic(InterfaceTraffic traffic) {
        return JsonTree.of(
                "rx_bytes", traffic.received().bytes(),
                "rx_packets", traffic.received().packets(),
                "rx_errors", traffic.received().errors(),
                "rx_dropped", traffic.received().dropped(),
                "tx_bytes", traffic.sent().bytes(),
                "tx_packets", traffic.sent().packets(),
                "tx_errors", traffic.sent().errors(),
                "tx_dropped", traffic.sent().dropped());
    }

    private static Map<String, @Nullable Object> transfers(Stats usage) {
        List<Object> entries = new ArrayList<>();
        for (Stats.DeviceTransfers device : usage.transfers()) {
            entries.add(entry(device, "read", device.readBytes()));
            entries.add(entry(device, "write", device.writtenBytes()));
        }
        return JsonTree.of(
                "io_service_bytes_recursive", JsonTree.orNull(entries),
                "io_serviced_recursive", null,
                "io_queue_recursive", null,
                "io_service_time_recursive", null,
                "io_wait_time_recursive", null,
                "io_merged_recursive", null,
                "io_time_recursive", null,
                "sectors_recursive", null);
    }

    private static Object entry(Stats.DeviceTransfers device, String operation, long bytes) {
        return JsonTree.of("major", device.major(), "minor", device.minor(), "op", operation, "value", bytes);
    }

    private static Map<String, @Nullable Object> pids(Stats usage) {
        Map<String, @Nullable Object> view = JsonTree.of("current", usage.pids());
        usage.pidsLimit().ifPresent(limit -> view.put("limit", limit));
        return view;
    }

    private static Map<String, @Nullable Object> cpu(ContainerStats stats) {
        Optional<Stats> usage = stats.usage();
        return JsonTree.of(
                "cpu_usage",
                        JsonTree.of(
                                "total_usage", usage.map(Stats::cpuTotalNanos).orElse(0L),
                                "usage_in_kernelmode",
                                        usage.map(Stats::cpuSystemNanos).orElse(0L),
                                "usage_in_usermode",
                                        usage.map(Stats::cpuUserNanos).orElse(0L)),
                "system_cpu_usage", stats.systemCpuNanos(),
                "online_cpus", stats.onlineCpus(),
                "throttling_data",
                        JsonTree.of(
                                "periods", 0,
                                "throttled_periods",
                                        usage.map(Stats::throttledPeriods).orElse(0L),
                                "throttled_time", 0));
    }

    private static Map<String, @Nullable Object> memory(Stats usage, long hostBytes) {
        return JsonTree.of(
                "usage", usage.memoryBytes(),
                "max_usage", usage.memoryPeakBytes(),
                "limit", usage.memoryLimitBytes().orElse(hostBytes),
                "stats",
                        JsonTree.of(
                                "inactive_file", usage.memoryInactiveFileBytes(),
                                "total_inactive_file", usage.memoryInactiveFileBytes()));
    }
}
