package io.trivigil.config.version;

import io.trivigil.config.version.ConfigAnswer.Accepted;
import io.trivigil.config.version.ConfigAnswer.Refused;
import io.trivigil.config.version.ConfigCommand.Adopt;
import io.trivigil.config.version.ConfigCommand.Forced;
import io.trivigil.config.version.ConfigCommand.Found;
import io.trivigil.config.version.ConfigCommand.FullReport;
import io.trivigil.config.version.ConfigCommand.Raise;
import io.trivigil.config.version.ConfigCommand.Report;
import io.trivigil.config.version.ConfigCommand.RollBack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Keeps the cluster's settings and its configuration versions. Deterministic; [#apply] and
/// [#restore] are called by one thread, [#view] from any: it is replaced whole.
public final class ConfigMachine {
  /// How many versions are kept, the newest included. Part of `apply`.
  public static final int KEPT_VERSIONS = 20;

  /// How many bytes of versions are kept; the newest two are kept whatever their size. Part of
  /// `apply` from feature level 2 on.
  public static final int KEPT_BYTES = 24 << 20;

  /// How many events are kept. Part of `apply`.
  public static final int KEPT_EVENTS = 100;

  /// A clock that is further off the leader's is an event, ms. Part of `apply`.
  public static final long CLOCK_LIMIT_MS = 500;

  private static final int LEAST_VERSIONS = 2;

  /// What the machine holds.
  ///
  /// @param settings empty until the cluster is born
  /// @param versions oldest first
  /// @param reports what each node last said of itself, by node id
  /// @param events oldest first
  public record View(
      Optional<ClusterSettings> settings,
      List<ConfigVersion> versions,
      SortedMap<String, MemberReport> reports,
      List<ClusterEvent> events) {
    public View {
      versions = List.copyOf(versions);
      reports = Collections.unmodifiableSortedMap(new TreeMap<>(reports));
      events = List.copyOf(events);
    }

    /// The version in force.
    public Optional<ConfigVersion> newest() {
      return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
    }

    /// The number of the version in force, 0 for none.
    public long number() {
      return newest().map(ConfigVersion::number).orElse(0L);
    }

    /// A version that is kept.
    public Optional<ConfigVersion> version(long number) {
      return versions.stream().filter(version -> version.number() == number).findFirst();
    }

    /// The feature level in force; 1 before the cluster is born.
    public int featureLevel() {
      return settings.map(ClusterSettings::featureLevel).orElse(FeatureLevel.ONE.number());
    }

    /// Whether commands of this level may be proposed.
    public boolean has(FeatureLevel level) {
      return featureLevel() >= level.number();
    }

    /// Whether this content was rolled back from, and not asked for again since. Nobody adopts it
    /// without being asked, even if it stands on every disk.
    public boolean spurned(String hash) {
      long last = 0;
      for (ConfigVersion version : versions) {
        last = version.hash().equals(hash) ? version.number() : last;
      }
      for (ConfigVersion version : versions) {
        long to = version.rolledBackTo();
        if (to != 0 && to < last && last < version.number()) {
          return true;
        }
      }
      return false;
    }

    /// The bytes of all versions that are kept, as they are sealed.
    public long sealedBytes() {
      return versions.stream().mapToLong(version -> version.sealed().length).sum();
    }

    private View with(ClusterSettings replaced) {
      return new View(Optional.of(replaced), versions, reports, events);
    }

    private View withVersions(List<ConfigVersion> replaced) {
      return new View(settings, replaced, reports, events);
    }

    private View with(String nodeId, MemberReport report) {
      SortedMap<String, MemberReport> more = new TreeMap<>(reports);
      more.put(nodeId, report);
      return new View(settings, versions, more, events);
    }

    private View with(ClusterEvent event) {
      List<ClusterEvent> more = new ArrayList<>(events);
      more.add(event);
      if (more.size() > KEPT_EVENTS) {
        more.removeFirst();
      }
      return new View(settings, versions, reports, more);
    }
  }

  private final int knownLevel;
  private volatile View view =
      new View(Optional.empty(), List.of(), Collections.emptySortedMap(), List.of());

  public ConfigMachine() {
    this(FeatureLevel.NEWEST.number());
  }

  /// @param knownLevel the newest feature level that is understood: less than this build's in tests
  public ConfigMachine(int knownLevel) {
    this.knownLevel = knownLevel;
  }

  public View view() {
    return view;
  }

  /// @throws UnknownLevelException if the cluster rises to a level that this build does not know
  public ConfigAnswer apply(long logTimeMs, ConfigCommand command) {
    return switch (command) {
      case Found(ClusterSettings settings) -> found(settings);
      case Adopt adopt -> adopt(logTimeMs, adopt, 0);
      case Report(String nodeId, MemberReport report) -> report(logTimeMs, nodeId, report);
      case FullReport(String nodeId, MemberReport report) ->
          view.has(FeatureLevel.TWO) ? report(logTimeMs, nodeId, report) : tooEarly();
      case RollBack rollBack ->
          view.has(FeatureLevel.TWO) ? rollBack(logTimeMs, rollBack) : tooEarly();
      case Raise(int level) -> raise(logTimeMs, level);
      case Forced forced -> view.has(FeatureLevel.TWO) ? forced(logTimeMs, forced) : tooEarly();
    };
  }

  private ConfigAnswer forced(long logTimeMs, Forced command) {
    if (command.detail().length() > ConfigCommand.MAX_DETAIL) {
      return new Refused(
          "detail of a forced start: characters=%d limit=%d"
              .formatted(command.detail().length(), ConfigCommand.MAX_DETAIL));
    }
    boolean known =
        view.events().stream()
            .anyMatch(
                event ->
                    event.kind() == ClusterEvent.Kind.FORCED
                        && event.nodeId().equals(command.nodeId())
                        && event.detail().equals(command.detail()));
    if (!known) {
      note(logTimeMs, command.nodeId(), ClusterEvent.Kind.FORCED, command.detail());
    }
    return new Accepted(view.number());
  }

  private static ConfigAnswer tooEarly() {
    return new Refused("not every member runs a version that knows feature level 2");
  }

  private ConfigAnswer found(ClusterSettings settings) {
    if (view.settings().isPresent()) {
      return new Refused("the cluster was founded already");
    }
    demandKnown(settings.featureLevel());
    view = view.with(settings);
    return new Accepted(view.number());
  }

  private void demandKnown(int level) {
    if (level > knownLevel) {
      throw new UnknownLevelException(level, knownLevel);
    }
  }

  private ConfigAnswer raise(long logTimeMs, int level) {
    Optional<ClusterSettings> settings = view.settings();
    if (settings.isEmpty() || level <= settings.get().featureLevel()) {
      return new Refused(
          "feature level: in_force=%d asked=%d".formatted(view.featureLevel(), level));
    }
    demandKnown(level);
    view = view.with(settings.get().withFeatureLevel(level));
    note(logTimeMs, "", ClusterEvent.Kind.LEVEL_RAISED, Integer.toString(level));
    return new Accepted(view.number());
  }

  private ConfigAnswer rollBack(long logTimeMs, RollBack command) {
    if (view.version(command.toNumber()).isEmpty()) {
      return new Refused(
          "configuration version is not kept: version=%d".formatted(command.toNumber()));
    }
    return adopt(logTimeMs, command.adopt(), command.toNumber());
  }

  private ConfigAnswer adopt(long logTimeMs, Adopt command, long rolledBackTo) {
    long newest = view.number();
    if (command.expectedNumber() != newest) {
      return new Refused(
          "configuration version has moved on: expected=%d found=%d"
              .formatted(command.expectedNumber(), newest));
    }
    List<ConfigVersion> versions = new ArrayList<>(view.versions());
    versions.add(
        new ConfigVersion(
            newest + 1,
            command.author(),
            logTimeMs,
            command.hash(),
            command.sealed(),
            rolledBackTo));
    long bytes = versions.stream().mapToLong(version -> version.sealed().length).sum();
    while (versions.size() > KEPT_VERSIONS
        || (bytes > KEPT_BYTES && versions.size() > LEAST_VERSIONS && view.has(FeatureLevel.TWO))) {
      bytes -= versions.removeFirst().sealed().length;
    }
    view = view.withVersions(versions);
    String what = "%d (%s)".formatted(newest + 1, command.author());
    note(logTimeMs, "", ClusterEvent.Kind.CONFIGURED, what);
    return new Accepted(newest + 1);
  }

  private ConfigAnswer report(long logTimeMs, String nodeId, MemberReport report) {
    MemberReport before =
        view.reports().getOrDefault(nodeId, MemberReport.of("", report.url(), 0, ""));
    view = view.with(nodeId, report);
    if (report.startedMs() != before.startedMs() && report.startedMs() != 0) {
      note(logTimeMs, nodeId, ClusterEvent.Kind.STARTED, report.version());
    }
    if (clockOff(report) != clockOff(before)) {
      note(
          logTimeMs,
          nodeId,
          clockOff(report) ? ClusterEvent.Kind.CLOCK_OFF : ClusterEvent.Kind.CLOCK_RIGHT,
          "%d ms against %s".formatted(report.clockOffsetMs(), report.clockAgainst()));
    }
    if (!report.problem().equals(before.problem())) {
      note(
          logTimeMs,
          nodeId,
          report.problem().isEmpty() ? ClusterEvent.Kind.TROUBLE_OVER : ClusterEvent.Kind.TROUBLE,
          report.problem());
    }
    return new Accepted(view.number());
  }

  private static boolean clockOff(MemberReport report) {
    return Math.abs(report.clockOffsetMs()) > CLOCK_LIMIT_MS;
  }

  private void note(long logTimeMs, String nodeId, ClusterEvent.Kind kind, String detail) {
    if (view.has(FeatureLevel.TWO)) {
      view = view.with(new ClusterEvent(logTimeMs, nodeId, kind, detail));
    }
  }

  /// The state in parts; equal state gives equal bytes.
  public SortedMap<String, byte[]> sections() {
    return ConfigSections.of(view);
  }

  /// Replaces the whole state by what [#sections] gave, here or in an older build.
  ///
  /// @throws UnknownLevelException if it is of a feature level that this build does not know
  public void restore(SortedMap<String, byte[]> sections) {
    View restored = ConfigSections.read(sections);
    demandKnown(restored.featureLevel());
    view = restored;
  }
}
