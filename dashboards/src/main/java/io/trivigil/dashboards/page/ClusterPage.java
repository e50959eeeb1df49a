package io.trivigil.dashboards.page;

import java.util.List;
import java.util.Optional;

/// The cluster: its members, its configuration versions and what happened.
///
/// @param members in the order of their ids
/// @param versions of the configuration, the newest first
/// @param difference between two versions, if one was asked for
/// @param events the newest first
/// @param canRollBack whether the page offers to roll back
/// @param outcome what came of a roll-back that was refused, or empty
public record ClusterPage(
    int featureLevel,
    List<Member> members,
    List<Version> versions,
    Optional<Difference> difference,
    List<Event> events,
    boolean canRollBack,
    String outcome)
    implements Page {

  /// One member.
  ///
  /// @param clockMs its clock minus the leader's, ms
  /// @param startedMs epoch ms; 0 when unknown
  /// @param files of its own that differ from the configuration that runs
  /// @param problem what it has with its configuration, or empty
  public record Member(
      NodeView node,
      boolean here,
      long clockMs,
      int featureLevel,
      String version,
      String hash,
      long startedMs,
      boolean drift,
      List<String> files,
      String problem) {
    public Member {
      files = List.copyOf(files);
    }

    public String shortHash() {
      return hash.substring(0, Math.min(12, hash.length()));
    }
  }

  /// One configuration version.
  ///
  /// @param rolledBackTo the version whose content it has, 0 if it is no roll-back
  /// @param previous the version before it, 0 if that is not kept
  public record Version(
      long number,
      long atMs,
      String author,
      String hash,
      long rolledBackTo,
      long previous,
      boolean current) {
    public String shortHash() {
      return hash.substring(0, Math.min(12, hash.length()));
    }
  }

  /// What changed between two versions.
  ///
  /// @param from a number, or `disk`
  /// @param problem why it can not be shown, or empty
  public record Difference(
      String from, String to, List<FileDifference> files, List<String> variables, String problem) {
    public Difference {
      files = List.copyOf(files);
      variables = List.copyOf(variables);
    }

    public boolean same() {
      return files.isEmpty() && variables.isEmpty() && problem.isEmpty();
    }
  }

  public record FileDifference(String name, List<Line> lines, boolean secretsDiffer) {
    public FileDifference {
      lines = List.copyOf(lines);
    }
  }

  /// One line of a unified difference.
  public record Line(String text) {
    /// Returns `add`, `del`, `at`, or empty for a line that stayed.
    public String kind() {
      if (text.startsWith("@@")) {
        return "at";
      }
      return text.startsWith("+") ? "add" : text.startsWith("-") ? "del" : "";
    }
  }

  /// @param kind names the text `event.<kind>`
  public record Event(long atMs, String node, String kind, String detail) {}

  public ClusterPage {
    members = List.copyOf(members);
    versions = List.copyOf(versions);
    events = List.copyOf(events);
  }

  @Override
  public Place place() {
    return Place.CLUSTER;
  }
}
