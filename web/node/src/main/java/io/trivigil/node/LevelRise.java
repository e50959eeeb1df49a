package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.config.version.MemberReport;
import io.trivigil.raft.LogStatus;
import java.util.OptionalInt;

/// Decides for the leader what all members are ready for: a higher feature level, other files.
/// Pure.
final class LevelRise {
  private LevelRise() {}

  /// The level of a new cluster: a cluster of one knows itself, others first hear of each other.
  static int founding(LogStatus log, int knownLevel) {
    boolean alone = log.members().stream().filter(LogStatus.Member::voting).count() == 1;
    return alone ? knownLevel : FeatureLevel.ONE.number();
  }

  /// The level to rise to; empty while some voting member does not know it, or was not heard of.
  static OptionalInt next(ConfigMachine.View view, LogStatus log) {
    OptionalInt least =
        log.members().stream()
            .filter(LogStatus.Member::voting)
            .mapToInt(member -> level(view, member.id()))
            .min();
    return least.stream().filter(level -> level > view.featureLevel()).findFirst();
  }

  /// Whether all voting members read these files when they started, and others than those in force;
  /// and nobody rolled back from them.
  static boolean unanimous(ConfigMachine.View view, LogStatus log, String hash) {
    boolean isNew = view.newest().map(version -> !version.hash().equals(hash)).orElse(true);
    return isNew
        && !view.spurned(hash)
        && log.members().stream()
            .filter(LogStatus.Member::voting)
            .map(member -> view.reports().get(member.id()))
            .allMatch(report -> report != null && report.offered().equals(hash));
  }

  private static int level(ConfigMachine.View view, String nodeId) {
    MemberReport report = view.reports().get(nodeId);
    return report == null ? FeatureLevel.ONE.number() : report.featureLevel();
  }
}
