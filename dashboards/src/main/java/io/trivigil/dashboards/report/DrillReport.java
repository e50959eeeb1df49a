package io.trivigil.dashboards.report;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What a drill did, and what it measured.
///
/// @param cluster which one
/// @param startMs when it began
/// @param endMs when it ended
/// @param steps in order
/// @param acknowledged probe samples that the cluster acknowledged
/// @param lost those of them that some node lacked afterwards
/// @param longestHoleMs the longest time between two samples of one series; -1 if not known
/// @param holeSeries which series that was; may be empty
/// @param breaks alerts that fired before and after, but not since the same time
/// @param writes the probes, in order; none where the cluster does not take samples
/// @param aborted why it was given up, or what could not be measured; empty if neither
public record DrillReport(
    String cluster,
    long startMs,
    long endMs,
    List<Step> steps,
    long acknowledged,
    long lost,
    long longestHoleMs,
    String holeSeries,
    List<String> breaks,
    List<Write> writes,
    String aborted) {
  /// One step.
  ///
  /// @param name what was done
  /// @param node to whom
  /// @param faultMs when
  /// @param rtoMs until the first write that began after the fault was acknowledged, or, without
  ///   writes, until the first scrape after it; -1 for never
  /// @param recoveredMs until all members were live and caught up again; -1 for never
  /// @param leaders who led before and after
  public record Step(
      String name, String node, long faultMs, long rtoMs, long recoveredMs, String leaders) {
    /// The same step with another RTO.
    public Step withRto(long otherMs) {
      return new Step(name, node, faultMs, otherMs, recoveredMs, leaders);
    }

    public String rto() {
      return seconds(rtoMs);
    }

    public String recovered() {
      return seconds(recoveredMs);
    }

    public String at() {
      return Instant.ofEpochMilli(faultMs).toString();
    }
  }

  /// One probe.
  ///
  /// @param atMs when it was first sent
  /// @param tookMs until it was acknowledged; -1 for never
  public record Write(long atMs, long tookMs) {}

  public DrillReport {
    steps = List.copyOf(steps);
    breaks = List.copyOf(breaks);
    writes = List.copyOf(writes);
  }

  /// Whether nothing was lost, everything recovered and no alert broke.
  public boolean passed() {
    return aborted.isEmpty()
        && lost == 0
        && breaks.isEmpty()
        && steps.stream().allMatch(step -> step.rtoMs() >= 0 && step.recoveredMs() >= 0);
  }

  /// Whether samples were written meanwhile; without them RTO is told by scrapes, and RPO not.
  public boolean probed() {
    return !writes.isEmpty();
  }

  public String start() {
    return Instant.ofEpochMilli(startMs).toString();
  }

  /// How long it took.
  public String took() {
    return seconds(endMs - startMs);
  }

  /// The longest RTO of all steps, ms; -1 if one never recovered.
  public long worstRtoMs() {
    return steps.stream().anyMatch(s -> s.rtoMs() < 0)
        ? -1
        : steps.stream().mapToLong(Step::rtoMs).max().orElse(-1);
  }

  public String worstRto() {
    return seconds(worstRtoMs());
  }

  public String longestHole() {
    return seconds(longestHoleMs);
  }

  static String seconds(long lengthMs) {
    return lengthMs < 0 ? "–" : String.format(Locale.ROOT, "%.2f s", lengthMs / 1000.0);
  }
}
