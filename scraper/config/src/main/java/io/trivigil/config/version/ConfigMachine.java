package io.trivigil.config.version;

import io.trivigil.config.version.ConfigAnswer.Accepted;
import io.trivigil.config.version.ConfigAnswer.Refused;
import io.trivigil.config.version.ConfigCommand.Adopt;
import io.trivigil.config.version.ConfigCommand.Found;
import io.trivigil.config.version.ConfigCommand.Report;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Keeps the cluster's settings and its configuration versions. Deterministic; [#apply] and
/// [#restore] are called by one thread, [#view] from any: it is replaced whole.
public final class ConfigMachine {
  /// How many versions are kept, the newest included.
  public static final int KEPT_VERSIONS = 20;

  private static final String SETTINGS = "settings";
  private static final String REPORTS = "reports";
  private static final String VERSION_PREFIX = "version/";

  /// What the machine holds.
  ///
  /// @param settings empty until the cluster is born
  /// @param versions oldest first
  /// @param reports what each node last said of itself, by node id
  public record View(
      Optional<ClusterSettings> settings,
      List<ConfigVersion> versions,
      SortedMap<String, MemberReport> reports) {
    public View {
      versions = List.copyOf(versions);
      reports = Collections.unmodifiableSortedMap(new TreeMap<>(reports));
    }

    /// The version in force.
    public Optional<ConfigVersion> newest() {
      return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
    }

    /// The number of the version in force, 0 for none.
    public long number() {
      return newest().map(ConfigVersion::number).orElse(0L);
    }
  }

  private volatile View view = new View(Optional.empty(), List.of(), Collections.emptySortedMap());

  public View view() {
    return view;
  }

  public ConfigAnswer apply(long logTimeMs, ConfigCommand command) {
    return switch (command) {
      case Found(ClusterSettings settings) -> found(settings);
      case Adopt adopt -> adopt(logTimeMs, adopt);
      case Report(String nodeId, MemberReport report) -> report(nodeId, report);
    };
  }

  private ConfigAnswer found(ClusterSettings settings) {
    if (view.settings().isPresent()) {
      return new Refused("the cluster was founded already");
    }
    view = new View(Optional.of(settings), view.versions(), view.reports());
    return new Accepted(view.number());
  }

  private ConfigAnswer adopt(long logTimeMs, Adopt command) {
    long newest = view.number();
    if (command.expectedNumber() != newest) {
      return new Refused(
          "configuration version has moved on: expected=%d found=%d"
              .formatted(command.expectedNumber(), newest));
    }
    List<ConfigVersion> versions = new ArrayList<>(view.versions());
    versions.add(
        new ConfigVersion(
            newest + 1, command.author(), logTimeMs, command.hash(), command.sealed()));
    if (versions.size() > KEPT_VERSIONS) {
      versions.removeFirst();
    }
    view = new View(view.settings(), versions, view.reports());
    return new Accepted(newest + 1);
  }

  private ConfigAnswer report(String nodeId, MemberReport report) {
    SortedMap<String, MemberReport> reports = new TreeMap<>(view.reports());
    reports.put(nodeId, report);
    view = new View(view.settings(), view.versions(), reports);
    return new Accepted(view.number());
  }

  /// The state in parts; equal state gives equal bytes.
  public SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    view.settings()
        .ifPresent(
            settings -> {
              ByteWriter out = new ByteWriter();
              settings.encode(out);
              sections.put(SETTINGS, out.toBytes());
            });
    for (ConfigVersion version : view.versions()) {
      ByteWriter out = new ByteWriter();
      version.encode(out);
      sections.put(VERSION_PREFIX + "%012d".formatted(version.number()), out.toBytes());
    }
    ByteWriter out = new ByteWriter().varint(view.reports().size());
    view.reports().forEach((node, report) -> report.encode(out.string(node)));
    sections.put(REPORTS, out.toBytes());
    return sections;
  }

  /// Replaces the whole state by what [#sections] gave.
  public void restore(SortedMap<String, byte[]> sections) {
    Optional<ClusterSettings> settings =
        Optional.ofNullable(sections.get(SETTINGS))
            .map(bytes -> ClusterSettings.decode(new ByteReader(bytes)));
    List<ConfigVersion> versions = new ArrayList<>();
    sections.forEach(
        (name, bytes) -> {
          if (name.startsWith(VERSION_PREFIX)) {
            versions.add(ConfigVersion.decode(new ByteReader(bytes)));
          }
        });
    SortedMap<String, MemberReport> reports = new TreeMap<>();
    byte[] bytes = sections.get(REPORTS);
    if (bytes != null) {
      ByteReader in = new ByteReader(bytes);
      for (int i = in.count(5); i > 0; i--) {
        reports.put(in.string(), MemberReport.decode(in));
      }
    }
    view = new View(settings, versions, reports);
  }
}
