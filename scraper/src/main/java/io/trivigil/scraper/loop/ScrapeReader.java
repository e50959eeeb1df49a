package io.trivigil.scraper.loop;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.config.ScrapeLimits;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.exposition.ExpositionException;
import io.trivigil.scraper.exposition.ExpositionFormat;
import io.trivigil.scraper.exposition.ExpositionParser;
import io.trivigil.scraper.exposition.ExpositionSink;
import io.trivigil.scraper.exposition.MetricType;
import io.trivigil.scraper.exposition.SeriesText;
import io.trivigil.scraper.relabel.NameScheme;
import io.trivigil.scraper.relabel.RelabelRule;
import io.trivigil.scraper.state.FamilyMeta;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes samples of a body: series of the cache where the bytes are known, else labels parsed,
/// merged with the target's, relabelled and held to the limits. Confined to the loop's thread.
final class ScrapeReader {
  /// Samples further ahead than this are left out.
  static final Duration MOST_AHEAD = Duration.ofMinutes(10);

  private static final int SHOWN_METRIC = 50;

  private final Target target;
  private final ScrapeConfig config;
  private final SeriesCache cache = new SeriesCache();
  private long scrape;
  private long lastGood;

  ScrapeReader(Target target) {
    this.target = target;
    this.config = target.config();
  }

  /// Reads a body; the result says if the scrape failed after all.
  ///
  /// @param scrapeMs the time of samples without a timestamp of their own
  Scraped read(Fetcher.Fetched.Body body, long scrapeMs) {
    scrape++;
    Scraped scraped = new Scraped();
    scraped.bodyBytes = body.bytes().length;
    Reading reading = new Reading(scraped, scrapeMs);
    try {
      ExpositionFormat format = ExpositionFormat.of(body.contentType(), config.fallbackProtocol());
      ExpositionParser.parse(body.bytes(), format, reading);
      if (config.limits().samples() > 0 && scraped.kept > config.limits().samples()) {
        scraped.fail("sample limit exceeded");
      }
    } catch (ExpositionException e) {
      scraped.fail(reading.refusal.isEmpty() ? String.valueOf(e.getMessage()) : reading.refusal);
    } catch (IllegalArgumentException e) {
      scraped.fail(String.valueOf(e.getMessage()));
    }
    if (scraped.error.isEmpty()) {
      scraped.metadata.putAll(reading.families);
      cache.forgetBefore(scrape);
      lastGood = scrape;
    }
    return scraped;
  }

  private final class Reading implements ExpositionSink {
    private final Scraped scraped;
    private final long scrapeMs;
    private final Map<String, FamilyMeta> families = new HashMap<>();
    private final Map<String, MetricType> types = new HashMap<>();
    private String refusal = "";
    private @Nullable SeriesEntry latest; // of the last sample, null if it is not stored
    private long latestMs;

    Reading(Scraped scraped, long scrapeMs) {
      this.scraped = scraped;
      this.scrapeMs = scrapeMs;
    }

    @Override
    public void sample(byte[] body, int from, int to, double value, long timestampMs) {
      scraped.total++;
      SeriesEntry entry = cache.find(body, from, to);
      if (entry == null) {
        entry = new SeriesEntry(labels(body, from, to));
        cache.put(body, from, to, entry);
      }
      latest = null;
      if (!entry.isDropped()) {
        keep(entry, value, timestampMs);
      }
      entry.seenIn = scrape;
    }

    @Override
    public void exemplar(byte[] body, int from, int to, double value, long timestampMs) {
      SeriesEntry of = latest;
      if (of != null) {
        scraped.exemplars.add(
            new Exemplar(
                of.labels,
                SeriesText.parseLabels(body, from, to),
                value,
                timestampMs == NO_TIMESTAMP ? latestMs : timestampMs));
      }
    }

    private void keep(SeriesEntry entry, double value, long timestampMs) {
      scraped.kept++;
      if (entry.seenIn == 0 || entry.seenIn < lastGood) {
        scraped.added++;
      }
      long limit = config.limits().samples();
      if (limit > 0 && scraped.kept > limit) {
        return; // counted on, stored no more: the scrape fails at its end
      }
      boolean own = timestampMs != NO_TIMESTAMP && config.honorTimestamps();
      latest = entry;
      latestMs = own ? timestampMs : scrapeMs;
      if (!own) {
        scraped.tracked.add(entry, value, scrapeMs);
      } else if (timestampMs > scrapeMs + MOST_AHEAD.toMillis()) {
        scraped.outOfBounds++;
      } else if (config.trackTimestampsStaleness()) {
        scraped.tracked.add(entry, value, timestampMs);
      } else {
        scraped.explicit.add(entry, value, timestampMs);
      }
    }

    private Labels labels(byte[] body, int from, int to) {
      Labels.Builder labels = SeriesText.parse(body, from, to);
      SeriesText.normalizeBounds(labels, typeOf(labels.get(Labels.NAME)));
      mergeTarget(labels);
      if (!RelabelRule.apply(config.metricRelabel(), labels)) {
        return Labels.EMPTY;
      }
      Labels made = labels.build();
      String wrong = wrong(made);
      if (!wrong.isEmpty()) {
        refusal = wrong;
        throw new IllegalArgumentException(wrong);
      }
      return made;
    }

    private MetricType typeOf(String metric) {
      String family =
          metric.endsWith("_bucket") ? metric.substring(0, metric.length() - 7) : metric;
      return types.getOrDefault(family, MetricType.UNKNOWN);
    }

    @Override
    public void type(String family, MetricType type) {
      types.put(family, type);
      FamilyMeta before = families.getOrDefault(family, FamilyMeta.NONE);
      families.put(family, new FamilyMeta(type.text(), before.help(), before.unit()));
    }

    @Override
    public void help(String family, String help) {
      FamilyMeta before = families.getOrDefault(family, FamilyMeta.NONE);
      families.put(family, new FamilyMeta(before.type(), help, before.unit()));
    }

    @Override
    public void unit(String family, String unit) {
      FamilyMeta before = families.getOrDefault(family, FamilyMeta.NONE);
      families.put(family, new FamilyMeta(before.type(), before.help(), unit));
    }
  }

  /// Adds the target's labels; where both have one, `honor_labels` says whose it is.
  private void mergeTarget(Labels.Builder labels) {
    if (config.honorLabels()) {
      target
          .labels()
          .forEach(
              (name, value) -> {
                if (!labels.has(name)) {
                  labels.set(name, value);
                }
              });
      return;
    }
    Map<String, String> clashes = new HashMap<>();
    target
        .labels()
        .forEach(
            (name, value) -> {
              if (labels.has(name)) {
                clashes.put(name, labels.get(name));
              }
              labels.set(name, value);
            });
    List<String> names = new ArrayList<>(clashes.keySet());
    names.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    for (String name : names) {
      String free = "exported_" + name;
      while (labels.has(free)) {
        free = "exported_" + free;
      }
      labels.set(free, clashes.getOrDefault(name, ""));
    }
  }

  /// What is wrong with a final label set; empty if nothing is.
  private String wrong(Labels labels) {
    NameScheme scheme = config.nameScheme();
    String metric = labels.metricName();
    if (metric.isEmpty()) {
      return "missing metric name (__name__ label)";
    }
    boolean valid = scheme.isMetricName(metric);
    for (int i = 0; i < labels.size(); i++) {
      valid &= scheme.isLabelName(labels.name(i));
    }
    if (!valid) {
      return "invalid metric name or label names: " + labels;
    }
    return overLimit(labels, metric);
  }

  private String overLimit(Labels labels, String metric) {
    ScrapeLimits limits = config.limits();
    String shown = cut(metric);
    if (limits.labels() > 0 && labels.size() > limits.labels()) {
      return "label_limit exceeded (metric: %s, number of labels: %d, limit: %d)"
          .formatted(shown, labels.size(), limits.labels());
    }
    if (limits.labelNameLength() == 0 && limits.labelValueLength() == 0) {
      return "";
    }
    for (int i = 0; i < labels.size(); i++) {
      int name = bytes(labels.name(i));
      if (limits.labelNameLength() > 0 && name > limits.labelNameLength()) {
        return "label_name_length_limit exceeded (metric: %s, label name: %s, length: %d, limit: %d)"
            .formatted(shown, cut(labels.name(i)), name, limits.labelNameLength());
      }
      int value = bytes(labels.value(i));
      if (limits.labelValueLength() > 0 && value > limits.labelValueLength()) {
        return "label_value_length_limit exceeded (metric: %s, label name: %s, value: %s, length: %d, limit: %d)"
            .formatted(
                shown, cut(labels.name(i)), cut(labels.value(i)), value, limits.labelValueLength());
      }
    }
    return "";
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), SHOWN_METRIC));
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
