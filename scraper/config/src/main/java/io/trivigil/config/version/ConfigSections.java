package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The state of the [ConfigMachine] as bytes by name. At feature level 1 the names and bytes are
/// those of the first builds, so that members of both kinds hold and exchange the same; what level
/// 2 knows has names of its own.
/// - `settings`, `version/N`: as ever; `reports`: level 1 alone
/// - `version2/N`: a version that is a roll-back; `reports2`, `events`: level 2
final class ConfigSections {
  private static final String SETTINGS = "settings";
  private static final String REPORTS_FIRST = "reports";
  private static final String REPORTS = "reports2";
  private static final String EVENTS = "events";
  private static final String VERSION_FIRST = "version/";
  private static final String VERSION = "version2/";

  private ConfigSections() {}

  static SortedMap<String, byte[]> of(ConfigMachine.View view) {
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
      String prefix = version.rolledBackTo() == 0 ? VERSION_FIRST : VERSION;
      sections.put(prefix + "%012d".formatted(version.number()), out.toBytes());
    }
    ByteWriter reports = new ByteWriter().varint(view.reports().size());
    if (view.has(FeatureLevel.TWO)) {
      view.reports().forEach((node, report) -> report.encode(reports.string(node)));
      sections.put(REPORTS, reports.toBytes());
      ByteWriter events = new ByteWriter().varint(view.events().size());
      view.events().forEach(event -> event.encode(events));
      sections.put(EVENTS, events.toBytes());
    } else {
      view.reports().forEach((node, report) -> report.encodeFirst(reports.string(node)));
      sections.put(REPORTS_FIRST, reports.toBytes());
    }
    return sections;
  }

  static ConfigMachine.View read(SortedMap<String, byte[]> sections) {
    Optional<ClusterSettings> settings =
        reader(sections, SETTINGS).map(in -> ClusterSettings.decode(in));
    SortedMap<Long, ConfigVersion> versions = new TreeMap<>();
    sections.forEach(
        (name, bytes) -> {
          if (name.startsWith(VERSION_FIRST)) {
            put(versions, ConfigVersion.decodeFirst(new ByteReader(bytes)));
          } else if (name.startsWith(VERSION)) {
            put(versions, ConfigVersion.decode(new ByteReader(bytes)));
          }
        });
    SortedMap<String, MemberReport> reports = new TreeMap<>();
    reader(sections, REPORTS_FIRST)
        .ifPresent(
            in -> {
              for (int i = in.count(5); i > 0; i--) {
                reports.put(in.string(), MemberReport.decodeFirst(in));
              }
            });
    reader(sections, REPORTS)
        .ifPresent(
            in -> {
              for (int i = in.count(11); i > 0; i--) {
                reports.put(in.string(), MemberReport.decode(in));
              }
            });
    List<ClusterEvent> events = new ArrayList<>();
    reader(sections, EVENTS)
        .ifPresent(
            in -> {
              for (int i = in.count(4); i > 0; i--) {
                events.add(ClusterEvent.decode(in));
              }
            });
    return new ConfigMachine.View(
        settings, List.copyOf(versions.values()), reports, List.copyOf(events));
  }

  private static Optional<ByteReader> reader(SortedMap<String, byte[]> sections, String name) {
    return Optional.ofNullable(sections.get(name)).map(ByteReader::new);
  }

  private static void put(SortedMap<Long, ConfigVersion> versions, ConfigVersion version) {
    versions.put(version.number(), version);
  }
}
