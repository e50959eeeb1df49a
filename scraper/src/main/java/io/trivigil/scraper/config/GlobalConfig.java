package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.model.Labels;
import io.trivigil.scraper.relabel.NameScheme;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The section `global`: what every job and rule group inherits.
///
/// @param queryLogFile empty for none
/// @param escaping empty where nothing was said: each job then follows its name scheme
public record GlobalConfig(
    Duration scrapeInterval,
    Duration scrapeTimeout,
    Duration evaluationInterval,
    Duration ruleQueryOffset,
    Labels externalLabels,
    String queryLogFile,
    List<ScrapeProtocol> protocols,
    ScrapeLimits limits,
    HistogramOptions histograms,
    boolean extraScrapeMetrics,
    NameScheme nameScheme,
    Optional<EscapingScheme> escaping) {
  /// What holds without the section.
  public static final GlobalConfig DEFAULT =
      new GlobalConfig(
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ZERO,
          Labels.EMPTY,
          "",
          ScrapeProtocol.DEFAULT,
          ScrapeLimits.NONE,
          HistogramOptions.DEFAULT,
          false,
          NameScheme.UTF8,
          Optional.empty());

  public GlobalConfig {
    protocols = List.copyOf(protocols);
  }

  static GlobalConfig read(YamlMap map, Map<String, String> environment) {
    Duration interval = given(map, "scrape_interval", DEFAULT.scrapeInterval);
    Optional<Duration> timeout = map.duration("scrape_timeout").filter(d -> !d.isZero());
    if (timeout.isPresent() && timeout.get().compareTo(interval) > 0) {
      map.problem("scrape_timeout", "global scrape timeout greater than scrape interval");
    }
    map.accept("scrape_failure_log_file");
    Labels.Builder external = new Labels.Builder();
    StaticGroup.labels(map, "external_labels")
        .forEach((name, value) -> external.set(name, expand(value, environment)));
    HistogramOptions histograms = HistogramOptions.read(map, HistogramOptions.DEFAULT);
    List<ScrapeProtocol> byDefault =
        histograms.scrapeNative() ? ScrapeProtocol.PROTOBUF_FIRST : ScrapeProtocol.DEFAULT;
    return new GlobalConfig(
        interval,
        timeout.orElse(
            interval.compareTo(DEFAULT.scrapeTimeout) < 0 ? interval : DEFAULT.scrapeTimeout),
        given(map, "evaluation_interval", DEFAULT.evaluationInterval),
        map.duration("rule_query_offset", Duration.ZERO),
        external.build(),
        map.string("query_log_file", ""),
        ScrapeConfig.protocols(map, " for global config").orElse(byDefault),
        ScrapeLimits.read(map, ScrapeLimits.NONE),
        histograms,
        map.bool("extra_scrape_metrics", false),
        map.parsed("metric_name_validation_scheme", "ValidationScheme", NameScheme::parse)
            .orElse(NameScheme.UTF8),
        map.parsed("metric_name_escaping_scheme", "EscapingScheme", EscapingScheme::parse));
  }

  private static Duration given(YamlMap map, String key, Duration byDefault) {
    return map.duration(key).filter(duration -> !duration.isZero()).orElse(byDefault);
  }

  /// Expands `$NAME` and `${NAME}` as Go's `os.Expand`; `$$` is a dollar sign, unset is empty.
  static String expand(String text, Map<String, String> environment) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '$' || i + 1 == text.length()) {
        out.append(c);
        i++;
        continue;
      }
      char next = text.charAt(i + 1);
      int close = next == '{' ? text.indexOf('}', i) : -1;
      if (next == '$') {
        out.append('$');
        i += 2;
      } else if (next == '{') {
        // An unclosed brace swallows the two characters, as in Go.
        out.append(close < 0 ? "" : environment.getOrDefault(text.substring(i + 2, close), ""));
        i = close < 0 ? i + 2 : close + 1;
      } else {
        int end = i + 1;
        while (end < text.length() && isNameUnit(text.charAt(end))) {
          end++;
        }
        out.append(end == i + 1 ? "$" : environment.getOrDefault(text.substring(i + 1, end), ""));
        i = end;
      }
    }
    return out.toString();
  }

  private static boolean isNameUnit(char c) {
    return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
  }
}
