package io.trivigil.dashboards.page;

import java.util.List;
import java.util.Optional;

/// The cluster at a glance: what is wrong, who leads, what flows.
///
/// @param firing alerts that fire, the gravest first; the page shows the first [#MAX_LISTED]
/// @param down targets that are down
public record OverviewPage(
    Ingest ingest,
    int targetsUp,
    int targetsDown,
    int targetsUnknown,
    int alertsPending,
    int silencesActive,
    int ruleCount,
    int rulesFailing,
    Config config,
    Optional<Storage> storage,
    List<AlertRow> firing,
    List<TargetRow> down)
    implements Page {

  /// How many alerts and targets the page lists before it refers to the list's own page.
  public static final int MAX_LISTED = 20;

  /// What flows in.
  ///
  /// @param samplesPerSecond over the last minute
  public record Ingest(double samplesPerSecond, long activeSeries) {}

  /// The configuration that runs.
  ///
  /// @param version counts from 1; 0 means none yet
  /// @param problem why the last one offered was refused, or empty
  public record Config(long version, long changedMs, String problem, List<Drift> drift) {
    public Config {
      drift = List.copyOf(drift);
    }

    public boolean failed() {
      return !problem.isEmpty();
    }

    public boolean known() {
      return version > 0;
    }

    public String mood() {
      return failed() ? "bad" : drift.isEmpty() ? "" : "warn";
    }
  }

  /// A file on a node that is not what the cluster runs.
  public record Drift(String node, String file) {}

  /// What is on this node's disk, in bytes.
  public record Storage(long samples, long chunkBytes, long indexBytes, long logBytes) {
    public long total() {
      return chunkBytes + indexBytes + logBytes;
    }
  }

  public OverviewPage {
    firing = List.copyOf(firing);
    down = List.copyOf(down);
  }

  @Override
  public Place place() {
    return Place.OVERVIEW;
  }

  public List<AlertRow> shownFiring() {
    return firing.stream().filter(a -> !a.suppressed()).limit(MAX_LISTED).toList();
  }

  public long firingCount() {
    return firing.stream().filter(a -> !a.suppressed()).count();
  }

  public long suppressedCount() {
    return firing.size() - firingCount();
  }

  public long firingHidden() {
    return Math.max(0, firingCount() - MAX_LISTED);
  }

  public List<TargetRow> shownDown() {
    return down.stream().limit(MAX_LISTED).toList();
  }

  public long downHidden() {
    return Math.max(0, (long) down.size() - MAX_LISTED);
  }

  public int targetCount() {
    return targetsUp + targetsDown + targetsUnknown;
  }

  public String targetMood() {
    if (targetsDown > 0) {
      return "bad";
    }
    return targetsUnknown > 0 ? "warn" : targetCount() == 0 ? "" : "good";
  }

  public boolean allUp() {
    return targetCount() > 0 && targetsUp == targetCount();
  }

  public String ruleMood() {
    return rulesFailing > 0 ? "bad" : ruleCount == 0 ? "" : "good";
  }

  public boolean quiet() {
    return firingCount() == 0;
  }
}
