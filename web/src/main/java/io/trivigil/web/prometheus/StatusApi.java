package io.trivigil.web.prometheus;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.MemberReport;
import io.trivigil.model.PromDuration;
import io.trivigil.node.StoreCare;
import io.trivigil.raft.LogStatus;
import io.trivigil.storage.StorageStats;
import io.trivigil.web.Version;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `status/…` and `cluster`.
final class StatusApi {
  private final Backend backend;
  private final WebOptions options;
  private final ClusterSight sight;
  private final InstantSource clock;

  StatusApi(Backend backend, WebOptions options, ClusterSight sight, InstantSource clock) {
    this.backend = backend;
    this.options = options;
    this.sight = sight;
    this.clock = clock;
  }

  void addTo(Router router, Api api) {
    router.on("GET", "/api/v1/status/config", api.wrap(_ -> config()));
    router.on(
        "GET",
        "/api/v1/status/flags",
        api.wrap(
            _ ->
                Api.Data.of(
                    json -> {
                      json.beginObject();
                      options.flags().forEach(json::field);
                      json.endObject();
                    })));
    router.on("GET", "/api/v1/status/runtimeinfo", api.wrap(_ -> runtime()));
    router.on("GET", "/api/v1/status/buildinfo", api.wrap(_ -> Api.Data.of(StatusApi::build)));
    router.on("GET", "/api/v1/status/tsdb", api.wrap(this::tsdb));
    router.on("GET", "/api/v1/status/storage", api.wrap(_ -> storage()));
    router.on("GET", "/api/v1/status/walreplay", api.wrap(_ -> replay()));
    router.on("GET", "/api/v1/cluster", api.wrap(_ -> cluster()));
    router.on("GET", "/api/v1/cluster/self", api.wrap(_ -> self()));
  }

  private Api.Data config() {
    String yaml = backend.configuration().map(Backend.Configuration::prometheusText).orElse("");
    return Api.Data.of(json -> json.beginObject().field("yaml", yaml).endObject());
  }

  private Api.Data runtime() {
    Optional<Backend.Configuration> config = backend.configuration();
    return Api.Data.of(
        json ->
            json.beginObject()
                .field("startTime", Times.goTime(options.startMs()))
                .field("CWD", System.getProperty("user.dir", ""))
                .field("hostname", backend.log().self())
                .field("serverTime", Times.goTime(clock.millis()))
                .field("reloadConfigSuccess", config.map(c -> c.problem().isEmpty()).orElse(false))
                .field(
                    "lastConfigTime",
                    config.map(c -> Times.goTime(c.changedMs())).orElse(Times.ZERO))
                .field("corruptionCount", backend.damage().size())
                .field("goroutineCount", Thread.activeCount())
                .field("GOMAXPROCS", Runtime.getRuntime().availableProcessors())
                .field("GOMEMLIMIT", Runtime.getRuntime().maxMemory())
                .field("GOGC", "")
                .field("GODEBUG", "")
                .field("storageRetention", PromDuration.format(options.retention()))
                .endObject());
  }

  /// Also the body of `/version`.
  static void build(JsonWriter json) {
    json.beginObject()
        .field("version", Version.PROMETHEUS)
        .field("revision", "trivigil-" + Version.TRIVIGIL)
        .field("branch", "trivigil")
        .field("buildUser", "")
        .field("buildDate", "")
        .field("goVersion", "java" + Runtime.version().feature())
        .endObject();
  }

  private Api.Data tsdb(Request request) {
    int limit = QueryApi.limit(request.params());
    StorageStats stats = backend.storage(limit == 0 ? 10 : limit);
    return Api.Data.of(
        json -> {
          json.beginObject().name("headStats").beginObject();
          json.field("numSeries", stats.series())
              .field("numLabelPairs", stats.labelPairs())
              .field("chunkCount", stats.chunks())
              .field("minTime", stats.minMs())
              .field("maxTime", stats.maxMs())
              .endObject();
          top(json, "seriesCountByMetricName", stats.seriesByMetric());
          top(json, "labelValueCountByLabelName", stats.valuesByLabel());
          top(json, "memoryInBytesByLabelName", stats.memoryByLabel());
          top(json, "seriesCountByLabelValuePair", stats.seriesByPair());
          json.endObject();
        });
  }

  private static void top(JsonWriter json, String name, List<StorageStats.Top> lines) {
    json.name(name).beginArray();
    lines.forEach(
        line ->
            json.beginObject().field("name", line.name()).field("value", line.value()).endObject());
    json.endArray();
  }

  private Api.Data storage() {
    StorageStats stats = backend.storage(1);
    StoreCare.Health health = backend.storeHealth();
    long logBytes = backend.log().logBytes();
    return Api.Data.of(
        json ->
            json.beginObject()
                .field("samples", stats.samples())
                .field("series", stats.series())
                .field("chunkBytes", stats.chunkBytes())
                .field("indexBytes", stats.indexBytes())
                .field("logBytes", logBytes)
                .field("freeBytes", health.freeBytes())
                .field("reserveBytes", health.reserveBytes())
                .field("outOfSpace", health.outOfSpace())
                .field("damage", health.damage())
                .field("storesSetAside", health.setAside())
                .field("lastScrubMs", health.scrubbedMs())
                .field("lastComparison", health.compared())
                .field("lastBackupMs", health.backedUpMs())
                .endObject());
  }

  private Api.Data replay() {
    LogStatus log = backend.log();
    return Api.Data.of(
        json ->
            json.beginObject()
                .field("min", 0)
                .field("max", log.committedIndex())
                .field("current", log.appliedIndex())
                .field("state", backend.ready() ? "done" : "in progress")
                .endObject());
  }

  private Api.Data cluster() throws InterruptedException {
    ClusterSight.Seen seen = sight.look();
    ConfigMachine.View view = backend.configs().view();
    Map<String, MemberReport> reports = backend.configs().status().reports();
    List<String> drifting = backend.configs().status().drifting();
    return Api.Data.of(
        json -> {
          json.beginObject().field("self", seen.self());
          json.field("leader", seen.leader()).field("term", seen.term());
          json.field("state", seen.state()).field("featureLevel", view.featureLevel());
          json.field("configVersion", view.number()).name("nodes").beginArray();
          for (ClusterSight.Node node : seen.nodes()) {
            json.beginObject()
                .field("id", node.id())
                .field("role", node.role())
                .field("address", node.address())
                .field("url", node.url())
                .field("appliedIndex", node.appliedIndex())
                .field("lagMs", node.lagMs())
                .field("live", node.live())
                .field("self", node.id().equals(seen.self()));
            MemberReport report = reports.get(node.id());
            if (report != null) {
              said(json, report, drifting.contains(node.id()));
            }
            json.endObject();
          }
          json.endArray().endObject();
        });
  }

  private void said(JsonWriter json, MemberReport report, boolean drift) {
    long upMs = report.startedMs() == 0 ? 0 : clock.millis() - report.startedMs();
    json.field("clockOffsetMs", report.clockOffsetMs())
        .field("clockAgainst", report.clockAgainst())
        .field("version", report.version())
        .field("featureLevel", report.featureLevel())
        .field("configHash", report.hash())
        .field("configDrift", drift)
        .field("configDriftFiles", report.driftFiles())
        .field("problem", report.problem())
        .field("uptimeSeconds", Math.max(0, upMs) / 1000);
  }

  private Api.Data self() {
    LogStatus log = backend.log();
    return Api.Data.of(
        json ->
            json.beginObject()
                .field("id", log.self())
                .field("appliedIndex", log.appliedIndex())
                .field("ready", backend.ready())
                .endObject());
  }
}
