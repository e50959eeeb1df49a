package io.trivigil.web.cli;

import io.trivigil.config.version.FeatureLevel;
import io.trivigil.node.ConfigOptions;
import io.trivigil.node.HeartbeatOptions;
import io.trivigil.node.NodeOptions;
import io.trivigil.node.StoreOptions;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.promql.Features;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ratis.RatisConfig.Peer;
import io.trivigil.storage.SeriesLimits;
import io.trivigil.web.Version;
import io.trivigil.web.server.Logins;
import io.trivigil.web.server.NodeServer;
import io.trivigil.web.server.WebLimits;
import io.trivigil.web.server.WebServer.Listener;
import io.trivigil.web.warmup.WarmUpLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flags turned into what a server is told.
final class ServerSettings {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSettings.class);
  private static final Duration DEFAULT_RETENTION = Duration.ofDays(15);
  private static final int DEFAULT_CLUSTER_PORT = 9095;

  // Features that are always on here, or change nothing that shows.
  private static final Set<String> MEANINGLESS =
      Set.of(
          "exemplar-storage",
          "promql-per-step-stats",
          "concurrent-rule-eval",
          "metadata-wal-records",
          "auto-gomemlimit",
          "auto-gomaxprocs",
          "auto-reload-config",
          "native-histograms",
          "promql-at-modifier",
          "promql-negative-offset",
          "expand-external-labels",
          "remote-write-receiver");

  private ServerSettings() {}

  static NodeServer.Settings of(FlagValues flags) {
    List<Listener> listeners =
        flags.list("web.listen-address").stream().map(ServerSettings::listener).toList();
    if (listeners.isEmpty()) {
      throw new UsageException("--web.listen-address is empty");
    }
    String id = flags.text("cluster.node-id");
    List<Peer> peers = peers(flags, id);
    Map<String, String> urls = urls(flags, peers, listeners.getFirst().port());
    String ownUrl = urls.getOrDefault(id, "");
    String external = stripped(flags.text("web.external-url"));
    String externalUrl = external.isEmpty() ? ownUrl : external;
    warnOfFeatures(flags.list("enable-feature"));
    NodeOptions node =
        new NodeOptions(
            flags.text("cluster.name"),
            id,
            peers,
            Path.of(flags.text("storage.tsdb.path")),
            flags.text("config.file"),
            alertmanagerFile(flags),
            config(flags),
            ownUrl,
            externalUrl,
            retention(flags),
            flags.duration("data.retention"),
            flags.duration("query.lookback-delta"),
            flags.duration("query.timeout"),
            flags.integer("query.max-samples"),
            flags.duration("rules.alert.resend-delay"),
            flags.list("enable-feature"),
            LogLimits.DEFAULT,
            heartbeat(flags),
            ClusterFlags.access(flags),
            failOpen(flags),
            store(flags));
    WebLimits limits =
        WebLimits.of(
            Math.toIntExact(flags.bytes("web.max-body-size")),
            flags.integer("web.max-connections"));
    return new NodeServer.Settings(
        node,
        new io.trivigil.web.WebOptions(
            externalUrl,
            prefix(flags, external),
            flags.text("web.page-title"),
            flags.isOn("web.enable-lifecycle"),
            flags.isOn("web.enable-admin-api"),
            flags.isOn("web.enable-remote-write-receiver"),
            flags.integer("query.max-concurrency"),
            queryMemory(flags),
            retention(flags),
            flags.shown(),
            InstantSource.system().millis(),
            flags.text("cluster.name")),
        listeners,
        limits,
        cors(flags.text("web.cors.origin")),
        WebConfigFile.read(flags.text("web.config.file")),
        urls,
        builtinRules(flags),
        WarmUpLimits.DEFAULT
            .withCpu(flags.duration("query.warm-up"))
            .withOthersShare(flags.integer("query.warm-up-others") / 100.0));
  }

  private static long queryMemory(FlagValues flags) {
    long bytes = flags.bytes("query.max-memory");
    return bytes > 0 ? bytes : Runtime.getRuntime().maxMemory() / 2;
  }

  private static ConfigOptions config(FlagValues flags) {
    boolean watch =
        flags.isOn("config.auto-reload")
            || flags.list("enable-feature").contains("auto-reload-config");
    int level = flags.integer("cluster.max-feature-level");
    return new ConfigOptions(
        flags.list("cluster.key-file").stream().map(Path::of).toList(),
        watch ? Optional.of(flags.duration("config.auto-reload-interval")) : Optional.empty(),
        level == 0 ? FeatureLevel.NEWEST.number() : level,
        Version.TRIVIGIL);
  }

  private static Optional<HeartbeatOptions> heartbeat(FlagValues flags) {
    String receiver = flags.text("alerting.heartbeat.receiver");
    Duration interval = flags.duration("alerting.heartbeat.interval");
    try {
      return receiver.isEmpty()
          ? Optional.empty()
          : Optional.of(new HeartbeatOptions(receiver, interval));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  static StoreOptions store(FlagValues flags) {
    StoreOptions store =
        new StoreOptions(
            flags.bytes("storage.reserve"),
            flags.duration("storage.scrub-interval"),
            flags.bytes("storage.scrub-rate"),
            flags.text("storage.tsdb.retention.size").isEmpty()
                ? 0
                : flags.bytes("storage.tsdb.retention.size"),
            seriesLimits(flags, Runtime.getRuntime().maxMemory()),
            flags.duration("storage.retire-after"),
            flags.bytes("storage.memory-budget"));
    try {
      store.memory(LogLimits.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    return store;
  }

  private static boolean builtinRules(FlagValues flags) {
    boolean on = flags.isOn("rules.builtin");
    if (on && WebConfigFile.read(flags.text("web.config.file")) != Logins.OPEN) {
      throw new UsageException(
          "--rules.builtin can not scrape nodes that want a log-in: write a job named trivigil with"
              + " basic_auth instead, and use the rules that `trivigil rules` prints");
    }
    return on;
  }

  /// @param heapBytes how large the heap may grow
  static SeriesLimits seriesLimits(FlagValues flags, long heapBytes) {
    SeriesLimits byHeap = SeriesLimits.forHeap(heapBytes);
    try {
      return new SeriesLimits(
          integer(flags, "storage.max-series", byHeap.total()),
          integer(flags, "storage.max-series-per-metric", byHeap.perMetric()),
          integer(flags, "storage.max-series-per-job", byHeap.perJob()));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--storage.max-series: " + e.getMessage());
    }
  }

  private static int integer(FlagValues flags, String name, int unlessGiven) {
    return flags.text(name).isEmpty() ? unlessGiven : flags.integer(name);
  }

  private static FailOpenSettings failOpen(FlagValues flags) {
    String name = "cluster.fail-open-after";
    Duration after = flags.text(name).equals("off") ? Duration.ZERO : flags.duration(name);
    try {
      return FailOpenSettings.DEFAULT.withAfter(after);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--%s: %s".formatted(name, e.getMessage()));
    }
  }

  private static Duration retention(FlagValues flags) {
    return flags.text("storage.tsdb.retention.time").isEmpty()
        ? DEFAULT_RETENTION
        : flags.duration("storage.tsdb.retention.time");
  }

  // As beside a Prometheus: without the flag, a file of the usual name beside prometheus.yml.
  private static Optional<String> alertmanagerFile(FlagValues flags) {
    if (flags.isGiven("alertmanager.config.file")) {
      return Optional.of(flags.text("alertmanager.config.file")).filter(file -> !file.isEmpty());
    }
    Path beside = Path.of(flags.text("config.file")).resolveSibling("alertmanager.yml");
    return Files.exists(beside) ? Optional.of(beside.toString()) : Optional.empty();
  }

  private static Listener listener(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw new UsageException("--web.listen-address wants host:port, not " + address);
    }
    String host = address.substring(0, colon).replace("[", "").replace("]", "");
    return new Listener(host, port(address.substring(colon + 1), address));
  }

  private static int port(String text, String address) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException _) {
      // falls through to the one message
    }
    throw new UsageException("no port in " + address);
  }

  private static List<Peer> peers(FlagValues flags, String id) {
    List<Peer> peers = new ArrayList<>();
    for (String text : flags.list("cluster.peers")) {
      int equals = text.indexOf('=');
      int colon = text.lastIndexOf(':');
      if (equals <= 0 || colon < equals) {
        throw new UsageException("--cluster.peers wants id=host:port, not " + text);
      }
      String host = text.substring(equals + 1, colon).replace("[", "").replace("]", "");
      peers.add(new Peer(text.substring(0, equals), host, port(text.substring(colon + 1), text)));
    }
    if (peers.isEmpty()) {
      return List.of(new Peer(id, "127.0.0.1", DEFAULT_CLUSTER_PORT));
    }
    if (peers.stream().noneMatch(peer -> peer.id().equals(id))) {
      throw new UsageException("--cluster.node-id=%s is not among --cluster.peers".formatted(id));
    }
    return peers;
  }

  private static Map<String, String> urls(FlagValues flags, List<Peer> peers, int httpPort) {
    Map<String, String> urls = new LinkedHashMap<>();
    for (Peer peer : peers) {
      String host = peer.host().indexOf(':') < 0 ? peer.host() : "[" + peer.host() + "]";
      urls.put(peer.id(), "http://%s:%d".formatted(host, httpPort));
    }
    for (String text : flags.list("cluster.urls")) {
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw new UsageException("--cluster.urls wants id=url, not " + text);
      }
      urls.put(text.substring(0, equals), stripped(text.substring(equals + 1)));
    }
    return urls;
  }

  private static String stripped(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static String prefix(FlagValues flags, String externalUrl) {
    String prefix = flags.text("web.route-prefix");
    if (!flags.isGiven("web.route-prefix") && !externalUrl.isEmpty()) {
      try {
        prefix = Optional.ofNullable(java.net.URI.create(externalUrl).getPath()).orElse("");
      } catch (IllegalArgumentException e) {
        throw new UsageException("--web.external-url: " + e.getMessage());
      }
    }
    String trimmed = stripped(prefix);
    return trimmed.isEmpty() || trimmed.startsWith("/") ? trimmed : "/" + trimmed;
  }

  private static Pattern cors(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new UsageException("--web.cors.origin: " + e.getMessage());
    }
  }

  private static void warnOfFeatures(List<String> names) {
    List<String> unknown = new ArrayList<>();
    Features.of(names, unknown);
    for (String name : unknown) {
      if (MEANINGLESS.contains(name)) {
        LOG.info("feature needs no flag here feature={}", name);
      } else {
        LOG.warn("feature is not known here feature={}", name);
      }
    }
  }
}
