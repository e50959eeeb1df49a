package io.trivigil.scraper.discovery;

import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.model.PromDuration;
import io.trivigil.scraper.config.DiscoveryConfig;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.config.StaticGroup;
import io.trivigil.scraper.relabel.RelabelRule;
import io.trivigil.scraper.state.ProviderGroups;
import io.trivigil.scraper.state.TargetGroup;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/// Makes targets of groups, in the order that Prometheus documents: labels of discovery, defaults
/// of the job, relabelling, what is left. Pure.
public final class TargetDeriver {
  /// How many dropped targets of a job are kept where `keep_dropped_targets` sets no limit.
  static final int KEPT_DROPPED = 10_000;

  private static final String ADDRESS = "__address__";
  private static final String SCHEME = "__scheme__";
  private static final String PATH = "__metrics_path__";
  private static final String INTERVAL = "__scrape_interval__";
  private static final String TIMEOUT = "__scrape_timeout__";
  private static final String PARAM = "__param_";

  private final SortedMap<String, Target> active = new TreeMap<>();
  private final SortedMap<String, List<Labels>> dropped = new TreeMap<>();
  private final Map<String, Integer> droppedCount = new HashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();

  private TargetDeriver() {}

  /// Derives the targets of all jobs.
  ///
  /// @param discovered the groups of (job, provider) as they are replicated
  public static DerivedTargets derive(
      PrometheusConfig config, BiFunction<String, String, Optional<ProviderGroups>> discovered) {
    TargetDeriver deriver = new TargetDeriver();
    config.jobs().forEach(job -> deriver.job(job, discovered));
    return new DerivedTargets(
        deriver.active, deriver.dropped, deriver.droppedCount, deriver.failures);
  }

  private void job(
      ScrapeConfig job, BiFunction<String, String, Optional<ProviderGroups>> discovered) {
    ScrapeConfig settings = job.withoutDiscovery();
    List<Target> targets = new ArrayList<>();
    for (DiscoveryConfig discovery : job.discovery()) {
      if (discovery instanceof DiscoveryConfig.Static(List<StaticGroup> groups)) {
        for (StaticGroup group : groups) {
          for (String address : group.targets()) {
            target(job, settings, Labels.of(ADDRESS, address), group.labels(), targets);
          }
        }
      } else if (!discovery.provider().isEmpty()) {
        discovered
            .apply(job.jobName(), discovery.provider())
            .ifPresent(
                found -> found.groups().values().forEach(g -> group(job, settings, g, targets)));
      }
    }
    long limit = job.limits().targets();
    SortedMap<String, Target> unique = new TreeMap<>();
    targets.forEach(target -> unique.putIfAbsent(target.key(), target));
    String refusal =
        limit > 0 && unique.size() > limit
            ? "target_limit exceeded (number of targets: %d, limit: %d)"
                .formatted(unique.size(), limit)
            : "";
    unique.values().forEach(t -> active.put(t.key(), refusal.isEmpty() ? t : t.refused(refusal)));
  }

  private void group(
      ScrapeConfig job, ScrapeConfig settings, TargetGroup group, List<Target> targets) {
    group.targets().forEach(labels -> target(job, settings, labels, group.labels(), targets));
  }

  private void target(
      ScrapeConfig job, ScrapeConfig settings, Labels own, Labels common, List<Target> targets) {
    Labels.Builder labels = common.toBuilder();
    own.forEach(labels::set);
    byDefault(labels, "job", job.jobName());
    byDefault(labels, INTERVAL, PromDuration.format(job.interval()));
    byDefault(labels, TIMEOUT, PromDuration.format(job.timeout()));
    byDefault(labels, PATH, job.metricsPath());
    byDefault(labels, SCHEME, job.scheme());
    job.params()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty()) {
                byDefault(labels, PARAM + name, values.get(0));
              }
            });
    byDefault(labels, "__scrape_native_histograms__", "" + job.histograms().scrapeNative());
    byDefault(
        labels,
        "__convert_classic_histograms_to_nhcb__",
        "" + job.histograms().convertClassicToCustomBuckets());
    byDefault(
        labels,
        "__always_scrape_classic_histograms__",
        "" + job.histograms().alwaysScrapeClassic());
    Labels discovered = labels.build();
    if (!RelabelRule.apply(job.relabel(), labels)) {
      drop(job, discovered);
      return;
    }
    try {
      targets.add(made(settings, discovered, labels));
    } catch (IllegalArgumentException | URISyntaxException e) {
      failures.merge(job.jobName(), 1, Integer::sum);
    }
  }

  private static void byDefault(Labels.Builder labels, String name, String value) {
    if (!labels.has(name)) {
      labels.set(name, value);
    }
  }

  private void drop(ScrapeConfig job, Labels discovered) {
    droppedCount.merge(job.jobName(), 1, Integer::sum);
    long limit = job.limits().keptDroppedTargets();
    List<Labels> kept = dropped.computeIfAbsent(job.jobName(), _ -> new ArrayList<>());
    if (kept.size() < (limit == 0 ? KEPT_DROPPED : limit)) {
      kept.add(discovered);
    }
  }

  private static Target made(ScrapeConfig job, Labels discovered, Labels.Builder labels)
      throws URISyntaxException {
    String address = labels.get(ADDRESS);
    if (address.isEmpty()) {
      throw new IllegalArgumentException("no address");
    }
    if (address.contains("/")) {
      throw new IllegalArgumentException(Names.quote(address) + " is not a valid hostname");
    }
    Duration interval = PromDuration.parse(labels.get(INTERVAL));
    Duration timeout = PromDuration.parse(labels.get(TIMEOUT));
    if (interval.isZero() || timeout.isZero() || timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "scrape timeout must be above 0 and not greater than scrape interval: timeout=%s interval=%s"
              .formatted(labels.get(TIMEOUT), labels.get(INTERVAL)));
    }
    byDefault(labels, "instance", address);
    URI url = url(job, address, labels);
    Labels shown = labels.build().filter(name -> !name.startsWith("__"));
    return new Target(
        key(job.jobName(), shown, url), job, discovered, shown, url, interval, timeout, "");
  }

  private static URI url(ScrapeConfig job, String address, Labels.Builder labels)
      throws URISyntaxException {
    SortedMap<String, List<String>> params = new TreeMap<>();
    job.params().forEach((name, values) -> params.put(name, new ArrayList<>(values)));
    for (String label : labels.names()) {
      if (label.startsWith(PARAM)) {
        List<String> values =
            params.computeIfAbsent(label.substring(PARAM.length()), _ -> new ArrayList<>());
        if (values.isEmpty()) {
          values.add(labels.get(label));
        } else {
          values.set(0, labels.get(label));
        }
      }
    }
    StringBuilder query = new StringBuilder();
    params.forEach(
        (name, values) ->
            values.forEach(
                value ->
                    query
                        .append(query.isEmpty() ? "?" : "&")
                        .append(escape(name))
                        .append('=')
                        .append(escape(value))));
    String path = labels.get(PATH);
    String rooted = path.startsWith("/") ? path : "/" + path;
    URI base = new URI(labels.get(SCHEME), address, rooted, null, null);
    return new URI(base.toASCIIString() + query);
  }

  /// Go's `url.QueryEscape`.
  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain =
          (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_' || c == '.' || c == '~';
      if (plain) {
        out.append(c);
      } else if (c == ' ') {
        out.append('+');
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }

  private static String key(String job, Labels labels, URI url) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((job + "\n" + labels + "\n" + url).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
