package io.trivigil.web.cli;

import io.trivigil.model.PromDuration;
import io.trivigil.node.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The flags of `trivigil server`: Trivigil's own, Prometheus's and Alertmanager's.
final class ServerFlags {
  private ServerFlags() {}

  /// Those that nothing acts upon in this version.
  private static final Set<String> LATER =
      Set.of(
          "web.read-timeout",
          "web.enable-otlp-receiver",
          "web.remote-write-receiver.accepted-protobuf-messages",
          "rules.alert.for-outage-tolerance",
          "rules.alert.for-grace-period",
          "rules.max-concurrent-evals",
          "alertmanager.notification-queue-capacity",
          "alertmanager.notification-batch-size",
          "alerts.per-alertname-limit",
          "silences.max-silences",
          "silences.max-silence-size-bytes",
          "web.get-concurrency",
          "web.timeout");

  /// All of them.
  static List<Flag> all() {
    List<Flag> flags = new ArrayList<>();
    flags.addAll(own());
    flags.addAll(prometheus());
    flags.addAll(alertmanager());
    flags.addAll(ignored());
    flags.replaceAll(flag -> LATER.contains(flag.name()) ? flag.later() : flag);
    return List.copyOf(flags);
  }

  private static List<Flag> own() {
    return List.of(
        Flag.value("alertmanager.config.file", "", "Alertmanager's configuration file."),
        Flag.value("cluster.node-id", "n1", "This node's id; unique in the cluster."),
        Flag.value("cluster.name", "trivigil", "The cluster's name."),
        Flag.list(
            "cluster.key-file",
            "",
            "Seals the configuration in the log; the same file on all nodes. Of several, the first"
                + " seals and all open."),
        Flag.value(
            "cluster.max-feature-level",
            "0",
            "Keeps the cluster fit for an older version; 0 for what this one knows."),
        Flag.list(
            "cluster.peers",
            "",
            "First members as id=host:port, separated by commas, this node included. Without it the"
                + " server is a cluster of one."),
        Flag.value(
            "cluster.tls-config",
            "",
            "File with the TLS settings of the cluster port, in the shape of Alertmanager's."),
        Flag.value(
            "cluster.secret-file",
            "",
            "File with the secret that nodes prove on the cluster port, where there is no TLS; the"
                + " same on all nodes."),
        Flag.on(
            "cluster.join",
            false,
            "This node may be added to a cluster that does not know it; it never founds one."),
        Flag.value(
            "cluster.urls",
            "",
            "HTTP addresses of the members as id=url, where they are not the peers' hosts with this"
                + " server's port."),
        Flag.value(
            "cluster.fail-open-after",
            "30s",
            "How long without a quorum until a node goes on alone; 0 or off for never, else at least 5s."),
        new Flag(
            "alerting.external",
            Flag.Kind.SWITCH,
            Flag.Fate.REFUSED,
            "false",
            "this version sends to no alertmanager but the built-in one."),
        Flag.on(
            "rules.builtin",
            false,
            "Scrape the members and evaluate the built-in rules about them, whatever the files"
                + " say."),
        Flag.value(
            "alerting.heartbeat.receiver",
            "",
            "A receiver of alertmanager.yml that is sent a heartbeat for as long as the cluster can"
                + " alert."),
        Flag.value("alerting.heartbeat.interval", "1m", "From one heartbeat to the next."),
        Flag.value(
            "storage.reserve",
            "256MB",
            "With less free disk than this, samples are refused; alerts and silences go on."),
        Flag.value(
            "storage.scrub-interval",
            "24h",
            "How often every block is read and the nodes compare their content."),
        Flag.value("storage.scrub-rate", "20MB", "Bytes per second that a scrub may read."),
        Flag.value(
            "storage.max-series",
            "",
            "The most series in memory; samples that would make more are left out."
                + " Default: what nine tenths of the heap hold; 0 for any number."),
        Flag.value(
            "storage.max-series-per-metric",
            "",
            "The same of each metric. Default: what half of the heap holds; 0 for any number."),
        Flag.value(
            "storage.max-series-per-job",
            "",
            "The same of each value of the label job. Default: what three quarters of the heap"
                + " hold; 0 for any number."),
        Flag.value(
            "storage.retire-after",
            PromDuration.format(StoreOptions.DEFAULT.retireAfter()),
            "How long after its last sample a series leaves memory; it stays in queries, and may"
                + " come back. 0 for never."),
        Flag.value(
            "storage.memory-budget",
            "112MB",
            "What the caches and buffers of the store and of the log may take together; the parts are"
                + " trivigil_memory_limit_bytes."),
        Flag.value(
            "query.log-file",
            "",
            "Every query of a client is logged here, where the configuration names no other file."),
        Flag.value(
            "query.max-memory",
            "0",
            "Memory that all queries may hold together, and one of them half of that; 0 for half of"
                + " the heap."),
        Flag.value(
            "query.warm-up",
            "8s",
            "Processor time that a node may take after its start to practise queries, so that the"
                + " first ones are answered as quickly as all others; 0 for none."),
        Flag.value(
            "query.warm-up-others",
            "33",
            "Percent of the machine's processors that others may use while a node practises"
                + " queries; with more it waits. 100: whatever others use."),
        Flag.value("web.max-body-size", "64MB", "The largest request body."));
  }

  private static List<Flag> prometheus() {
    return List.of(
        Flag.value("config.file", "prometheus.yml", "Prometheus's configuration file."),
        Flag.on("config.auto-reload", false, "Reload when a file has changed."),
        Flag.value("config.auto-reload-interval", "30s", "How often files are looked at."),
        Flag.list("web.listen-address", "0.0.0.0:9090", "Address to listen on; may be repeated."),
        Flag.value("web.config.file", "", "File with TLS settings and users."),
        Flag.value("web.read-timeout", "5m", "How long an idle connection is kept."),
        Flag.value("web.max-connections", "512", "Requests that are answered at one time."),
        Flag.value("web.external-url", "", "The URL under which others reach this server."),
        Flag.value("web.route-prefix", "", "Prefix of all paths; by default that of the URL."),
        Flag.on("web.enable-lifecycle", false, "Allow reload and quit over HTTP."),
        Flag.on("web.enable-admin-api", false, "Allow administration over HTTP."),
        Flag.on("web.enable-remote-write-receiver", false, "Take samples at /api/v1/write."),
        Flag.on("web.enable-otlp-receiver", false, "Take OTLP metrics (not yet)."),
        Flag.list("web.remote-write-receiver.accepted-protobuf-messages", "", "Accepted messages."),
        Flag.value("web.page-title", "Trivigil", "The title of the pages."),
        Flag.value("web.cors.origin", ".*", "Origins that may read answers; anchored."),
        Flag.value("storage.tsdb.path", "data", "Directory of all data."),
        Flag.value("storage.tsdb.retention.time", "", "How long samples are kept; default 15d."),
        Flag.value(
            "storage.tsdb.retention.size",
            "",
            "How much is kept, as 512MB; default without a limit. Oldest partitions go first."),
        Flag.value("query.lookback-delta", "5m", "How far an instant selector looks back."),
        Flag.value("query.timeout", "2m", "How long a query may take."),
        Flag.value("query.max-concurrency", "20", "Queries that run at one time."),
        Flag.value("query.max-samples", "50000000", "Samples that a query may hold at one time."),
        Flag.value("rules.alert.for-outage-tolerance", "1h", "Outage after which `for` restarts."),
        Flag.value("rules.alert.for-grace-period", "10m", "Least `for` after an outage."),
        Flag.value("rules.alert.resend-delay", "1m", "Least time between two sends of an alert."),
        Flag.value("rules.max-concurrent-evals", "4", "Rules evaluated at one time."),
        Flag.value("alertmanager.notification-queue-capacity", "10000", "Alerts that may wait."),
        Flag.value("alertmanager.notification-batch-size", "256", "Alerts sent at one time."),
        Flag.value("log.level", "info", "debug, info, warn or error."),
        Flag.value("log.format", "logfmt", "logfmt or json."),
        Flag.list("enable-feature", "", "Features to switch on, separated by commas."),
        new Flag("agent", Flag.Kind.SWITCH, Flag.Fate.REFUSED, "false", "Trivigil is no agent."));
  }

  private static List<Flag> alertmanager() {
    return List.of(
        Flag.value("data.retention", "120h", "How long alert data is kept."),
        Flag.value("alerts.per-alertname-limit", "0", "Alerts of one name; 0 for any number."),
        Flag.value("silences.max-silences", "0", "Silences; 0 for any number."),
        Flag.value("silences.max-silence-size-bytes", "0", "Size of a silence; 0 for any."),
        Flag.value("web.get-concurrency", "0", "GET requests answered at one time; 0 for any."),
        Flag.value("web.timeout", "0s", "How long a request may take; 0 for any time."));
  }

  private static List<Flag> ignored() {
    List<Flag> flags = new ArrayList<>();
    for (String name :
        List.of(
            "storage.path",
            "data.maintenance-interval",
            "alerts.gc-interval",
            "dispatch.maintenance-interval",
            "dispatch.start-delay",
            "cluster.listen-address",
            "cluster.advertise-address",
            "cluster.peer",
            "cluster.peer-timeout",
            "cluster.peers-resolve-timeout",
            "cluster.gossip-interval",
            "cluster.pushpull-interval",
            "cluster.tcp-timeout",
            "cluster.probe-timeout",
            "cluster.probe-interval",
            "cluster.settle-timeout",
            "cluster.reconnect-interval",
            "cluster.reconnect-timeout",
            "cluster.label",
            "web.console.templates",
            "web.console.libraries",
            "web.user-assets",
            "web.max-notifications-subscribers",
            "storage.tsdb.retention",
            "storage.tsdb.retention.percentage",
            "storage.tsdb.min-block-duration",
            "storage.tsdb.max-block-duration",
            "storage.tsdb.max-block-chunk-segment-size",
            "storage.tsdb.wal-segment-size",
            "storage.tsdb.wal-compression-type",
            "storage.tsdb.head-chunks-write-queue-size",
            "storage.tsdb.samples-per-chunk",
            "storage.tsdb.delay-compact-file.path",
            "storage.tsdb.delayed-compaction.max-percent",
            "storage.tsdb.block-reload-interval",
            "storage.remote.flush-deadline",
            "storage.remote.read-sample-limit",
            "storage.remote.read-concurrent-limit",
            "storage.remote.read-max-bytes-in-frame",
            "storage.agent.path",
            "storage.agent.wal-segment-size",
            "storage.agent.wal-compression-type",
            "storage.agent.wal-truncate-frequency",
            "storage.agent.retention.min-time",
            "storage.agent.retention.max-time",
            "scrape.timestamp-tolerance",
            "scrape.discovery-reload-interval",
            "scrape.name-escaping-scheme",
            "alertmanager.timeout",
            "auto-gomemlimit.ratio")) {
      flags.add(Flag.ignored(name));
    }
    for (String name :
        List.of(
            "web.systemd-socket",
            "storage.tsdb.no-lockfile",
            "storage.tsdb.allow-overlapping-blocks",
            "storage.tsdb.allow-overlapping-compaction",
            "storage.tsdb.wal-compression",
            "storage.agent.wal-compression",
            "storage.agent.no-lockfile",
            "alertmanager.drain-notification-queue-on-shutdown",
            "scrape.adjust-timestamps",
            "cluster.allow-insecure-public-advertise-address-discovery",
            "auto-gomaxprocs",
            "auto-gomemlimit")) {
      flags.add(Flag.ignoredSwitch(name));
    }
    return flags;
  }
}
