package io.trivigil.scraper.view;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.PromDuration;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.state.TargetMachine;
import io.trivigil.scraper.state.TargetState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// Makes the views. Thread-safe; each call shows one moment.
public final class ScrapeViews {
  private final TargetMachine machine;
  private final TargetDirectory directory;
  private final String hostName;

  /// @param hostName this node's name, for URLs that others may use
  public ScrapeViews(TargetMachine machine, TargetDirectory directory, String hostName) {
    this.machine = machine;
    this.directory = directory;
    this.hostName = hostName;
  }

  /// The names of all jobs, in order.
  public List<String> pools() {
    return directory
        .config()
        .map(config -> config.jobs().stream().map(ScrapeConfig::jobName).sorted().toList())
        .orElse(List.of());
  }

  /// All active targets, by job and then by labels.
  public List<TargetView> active() {
    return directory.current().active().values().stream()
        .sorted(Comparator.comparing(Target::job).thenComparing(Target::labels))
        .map(this::view)
        .toList();
  }

  private TargetView view(Target target) {
    Optional<TargetState> state = machine.target(target.key());
    String url = target.url().toString();
    return new TargetView(
        target.discovered(),
        target.labels(),
        target.job(),
        url,
        globalUrl(url),
        state.map(TargetState::error).orElse(""),
        state.map(TargetState::scrapeMs).orElse(0L),
        state.map(s -> s.durationNanos() / 1e9).orElse(0.0),
        state.map(s -> s.up() ? "up" : "down").orElse("unknown"),
        PromDuration.format(target.interval()),
        PromDuration.format(target.timeout()));
  }

  private String globalUrl(String url) {
    for (String local : List.of("://localhost", "://127.0.0.1", "://[::1]")) {
      int at = url.indexOf(local);
      int end = at + local.length();
      if (at > 0 && (end == url.length() || ":/?".indexOf(url.charAt(end)) >= 0)) {
        return url.substring(0, at) + "://" + hostName + url.substring(end);
      }
    }
    return url;
  }

  /// The targets that relabelling dropped, as far as they are kept.
  public List<DroppedTarget> dropped() {
    List<DroppedTarget> dropped = new ArrayList<>();
    directory
        .current()
        .dropped()
        .forEach((job, all) -> all.forEach(labels -> dropped.add(new DroppedTarget(job, labels))));
    return dropped;
  }

  /// How many targets of each job relabelling dropped.
  public Map<String, Integer> droppedCounts() {
    return directory.current().droppedCount();
  }

  /// What targets say of their metrics.
  ///
  /// @param target which targets, by their labels; all must match
  /// @param metric only this one; empty for all
  /// @param limit how many at most; negative for all
  public List<TargetMetadata> targetMetadata(List<Matcher> target, String metric, int limit) {
    List<TargetMetadata> found = new ArrayList<>();
    for (Target each : directory.current().active().values()) {
      Labels labels = each.labels();
      if (!target.stream().allMatch(matcher -> matcher.test(labels))) {
        continue;
      }
      for (Map.Entry<String, FamilyMeta> family : machine.metadata(each.key()).entrySet()) {
        if (limit >= 0 && found.size() >= limit) {
          return found;
        }
        if (metric.isEmpty() || metric.equals(family.getKey())) {
          found.add(new TargetMetadata(labels, family.getKey(), family.getValue()));
        }
      }
    }
    return found;
  }

  /// What is said of each metric, each thing once.
  ///
  /// @param beside what is said elsewhere than by targets
  /// @param metric only this one; empty for all
  /// @param limit how many metrics at most; negative for all
  /// @param perMetric how many statements on each at most; negative or 0 for all
  public SortedMap<String, List<FamilyMeta>> metadata(
      Map<String, FamilyMeta> beside, String metric, int limit, int perMetric) {
    SortedMap<String, List<FamilyMeta>> said = new TreeMap<>();
    BiConsumer<String, FamilyMeta> add =
        (family, meta) -> {
          boolean room = limit < 0 || said.size() < limit || said.containsKey(family);
          if (room && (metric.isEmpty() || metric.equals(family))) {
            List<FamilyMeta> all = said.computeIfAbsent(family, _ -> new ArrayList<>());
            if (!all.contains(meta) && (perMetric <= 0 || all.size() < perMetric)) {
              all.add(meta);
            }
          }
        };
    for (Target each : directory.current().active().values()) {
      machine.metadata(each.key()).forEach(add);
    }
    beside.forEach(add);
    return said;
  }
}
