package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.model.Names;
import io.trivigil.scraper.relabel.NameScheme;
import io.trivigil.scraper.relabel.RelabelRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One job of `scrape_configs` with everything inherited filled in.
public record ScrapeConfig(
    String jobName,
    Duration interval,
    Duration timeout,
    List<ScrapeProtocol> protocols,
    Optional<ScrapeProtocol> fallbackProtocol,
    String metricsPath,
    String scheme,
    Map<String, List<String>> params,
    boolean honorLabels,
    boolean honorTimestamps,
    boolean trackTimestampsStaleness,
    boolean enableCompression,
    boolean extraScrapeMetrics,
    ScrapeLimits limits,
    HistogramOptions histograms,
    NameScheme nameScheme,
    EscapingScheme escaping,
    HttpConfig http,
    List<DiscoveryConfig> discovery,
    List<RelabelRule> relabel,
    List<RelabelRule> metricRelabel) {
  public ScrapeConfig {
    protocols = List.copyOf(protocols);
    params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    discovery = List.copyOf(discovery);
    relabel = List.copyOf(relabel);
    metricRelabel = List.copyOf(metricRelabel);
  }

  /// These settings without what only finds and makes targets, so that a target stays equal when
  /// its neighbours change.
  public ScrapeConfig withoutDiscovery() {
    return new ScrapeConfig(
        jobName,
        interval,
        timeout,
        protocols,
        fallbackProtocol,
        metricsPath,
        scheme,
        params,
        honorLabels,
        honorTimestamps,
        trackTimestampsStaleness,
        enableCompression,
        extraScrapeMetrics,
        limits,
        histograms,
        nameScheme,
        escaping,
        http,
        List.of(),
        List.of(),
        metricRelabel);
  }

  static ScrapeConfig read(YamlMap map, GlobalConfig global, Path folder) {
    String job = map.string("job_name", "");
    if (job.isEmpty()) {
      map.problem("job_name", "job_name is empty");
    }
    Duration interval = positive(map, "scrape_interval").orElse(global.scrapeInterval());
    Duration timeout = timeout(map, job, interval, global);
    map.accept("scrape_failure_log_file");
    HistogramOptions histograms = HistogramOptions.read(map, global.histograms());
    NameScheme names =
        map.parsed("metric_name_validation_scheme", "ValidationScheme", NameScheme::parse)
            .orElse(global.nameScheme());
    return new ScrapeConfig(
        job,
        interval,
        timeout,
        protocols(map, job, global, histograms),
        fallback(map, job),
        map.string("metrics_path", "/metrics"),
        map.string("scheme", "http"),
        params(map),
        map.bool("honor_labels", false),
        map.bool("honor_timestamps", true),
        map.bool("track_timestamps_staleness", false),
        map.bool("enable_compression", true),
        map.bool("extra_scrape_metrics", global.extraScrapeMetrics()),
        ScrapeLimits.read(map, global.limits()),
        histograms,
        names,
        escaping(map, job, names, global),
        HttpConfig.read(map, folder),
        DiscoveryReader.readAll(map, folder),
        Sections.relabel(
            map, "relabel_configs", "empty or null target relabeling rule in scrape config", names),
        Sections.relabel(
            map,
            "metric_relabel_configs",
            "empty or null metric relabeling rule in scrape config",
            names));
  }

  private static Optional<Duration> positive(YamlMap map, String key) {
    return map.duration(key).filter(duration -> !duration.isZero());
  }

  private static Duration timeout(YamlMap map, String job, Duration interval, GlobalConfig global) {
    Optional<Duration> own = positive(map, "scrape_timeout");
    if (own.isPresent() && own.get().compareTo(interval) > 0) {
      map.problem(
          "scrape_timeout",
          "scrape timeout greater than scrape interval for scrape config with job name "
              + Names.quote(job));
    }
    Duration inherited = global.scrapeTimeout();
    return own.orElse(inherited.compareTo(interval) > 0 ? interval : inherited);
  }

  private static List<ScrapeProtocol> protocols(
      YamlMap map, String job, GlobalConfig global, HistogramOptions histograms) {
    String whose = " for scrape config with job name " + Names.quote(job);
    Optional<List<ScrapeProtocol>> own = protocols(map, whose);
    if (own.isPresent()) {
      return own.get();
    }
    boolean defaults = global.protocols().equals(ScrapeProtocol.DEFAULT);
    return histograms.scrapeNative() && defaults
        ? ScrapeProtocol.PROTOBUF_FIRST
        : global.protocols();
  }

  /// The list `scrape_protocols` of a job or of the global section.
  static Optional<List<ScrapeProtocol>> protocols(YamlMap map, String whose) {
    if (!map.has("scrape_protocols")) {
      map.accept("scrape_protocols");
      return Optional.empty();
    }
    List<String> texts = map.strings("scrape_protocols");
    List<ScrapeProtocol> protocols = new ArrayList<>();
    for (String text : texts) {
      try {
        protocols.add(ScrapeProtocol.parse(text));
      } catch (IllegalArgumentException e) {
        map.problem("scrape_protocols", "scrape_protocols: " + e.getMessage() + whose);
      }
    }
    if (texts.isEmpty()) {
      map.problem("scrape_protocols", "scrape_protocols cannot be empty" + whose);
    } else if (new HashSet<>(texts).size() != texts.size()) {
      map.problem(
          "scrape_protocols",
          "duplicated protocol in scrape_protocols, got [%s]%s"
              .formatted(String.join(" ", texts), whose));
    }
    return Optional.of(protocols);
  }

  private static Optional<ScrapeProtocol> fallback(YamlMap map, String job) {
    return map.parsed(
        "fallback_scrape_protocol",
        "ScrapeProtocol",
        text -> {
          try {
            return ScrapeProtocol.parse(text);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "invalid fallback_scrape_protocol for scrape config with job name %s: %s"
                    .formatted(Names.quote(job), e.getMessage()),
                e);
          }
        });
  }

  private static EscapingScheme escaping(
      YamlMap map, String job, NameScheme names, GlobalConfig global) {
    Optional<EscapingScheme> own =
        map.parsed("metric_name_escaping_scheme", "EscapingScheme", EscapingScheme::parse);
    Optional<EscapingScheme> given = own.or(global::escaping);
    if (names == NameScheme.LEGACY && given.filter(EscapingScheme.ALLOW_UTF8::equals).isPresent()) {
      map.problem(
          "metric_name_escaping_scheme",
          "utf8 metric names requested but validation scheme is not set to UTF8 for scrape config with job name "
              + Names.quote(job));
    }
    return given.orElse(
        names == NameScheme.UTF8 ? EscapingScheme.ALLOW_UTF8 : EscapingScheme.UNDERSCORES);
  }

  private static Map<String, List<String>> params(YamlMap map) {
    Map<String, List<String>> params = new LinkedHashMap<>();
    Optional<YamlValue> value = map.value("params");
    if (value.isPresent()) {
      YamlMap fields = value.get().map("url.Values", map.problems());
      fields.names().forEach(name -> params.put(name, fields.strings(name)));
    }
    return params;
  }
}
