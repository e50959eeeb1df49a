package io.trivigil.scraper.config;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.model.Names;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads `static_configs` and all `*_sd_configs` of a job or an alertmanager.
final class DiscoveryReader {
  private static final Set<String> DNS_TYPES = Set.of("SRV", "A", "AAAA", "MX", "NS");
  // One star at most, in the last part of the path, before a known ending.
  private static final Pattern FILE_PATTERN =
      Pattern.compile("^[^*]*(\\*[^/]*)?\\.(json|yml|yaml|JSON|YML|YAML)$");

  private DiscoveryReader() {}

  static List<DiscoveryConfig> readAll(YamlMap map, Path folder) {
    List<DiscoveryConfig> found = new ArrayList<>();
    for (String key : map.names()) {
      switch (key) {
        case "static_configs" -> {
          List<StaticGroup> groups =
              Sections.list(
                  map,
                  key,
                  "targetgroup.Group",
                  "empty or null section in static_configs",
                  StaticGroup::read);
          if (!groups.isEmpty()) {
            found.add(new DiscoveryConfig.Static(groups));
          }
        }
        case "file_sd_configs" ->
            found.addAll(map.list(key, "file.plain", fields -> files(fields, folder)));
        case "http_sd_configs" ->
            found.addAll(map.list(key, "http.plain", fields -> http(fields, folder)));
        case "dns_sd_configs" -> found.addAll(map.list(key, "dns.plain", DiscoveryReader::dns));
        default -> {
          if (key.endsWith("_sd_configs")) {
            notYet(map, key, folder, found);
          }
        }
      }
    }
    return List.copyOf(found);
  }

  private static void notYet(YamlMap map, String key, Path folder, List<DiscoveryConfig> found) {
    String kind = key.substring(0, key.length() - "_sd_configs".length());
    if (!CloudKinds.isKnown(kind)) {
      return; // an unknown field: reported by the caller's done()
    }
    List<DiscoveryConfig> entries =
        Sections.list(
            map,
            key,
            kind + ".plain",
            "empty or null section in " + key,
            fields -> {
              CloudKinds.check(kind, fields, folder);
              return new DiscoveryConfig.NotYet(kind);
            });
    if (!entries.isEmpty()) {
      map.problems()
          .warn(map.position(key), "%s is accepted but finds no targets yet".formatted(key));
    }
    found.addAll(entries);
  }

  private static DiscoveryConfig files(YamlMap map, Path folder) {
    List<String> files = map.strings("files");
    if (files.isEmpty()) {
      map.problem("files", "file service discovery config must contain at least one path name");
    }
    for (String file : files) {
      if (!FILE_PATTERN.matcher(file).matches()) {
        map.problem(
            "files", "path name %s is not valid for file discovery".formatted(Names.quote(file)));
      }
    }
    return new DiscoveryConfig.InFiles(
        files.stream().map(file -> Sections.resolve(folder, file)).toList(),
        map.duration("refresh_interval", Duration.ofMinutes(5)));
  }

  private static DiscoveryConfig http(YamlMap map, Path folder) {
    return new DiscoveryConfig.Http(
        url(map, "url"),
        map.duration("refresh_interval", Duration.ofSeconds(60)),
        HttpConfig.read(map, folder));
  }

  /// A URL that must be there, with host and scheme.
  static String url(YamlMap map, String key) {
    String text = map.string(key, "");
    if (text.isEmpty()) {
      map.problem(key, "URL is missing");
      return "";
    }
    try {
      URI uri = URI.create(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        map.problem(key, "URL scheme must be 'http' or 'https'");
      } else if (uri.getRawAuthority() == null) {
        map.problem(key, "host is missing in URL");
      }
    } catch (IllegalArgumentException e) {
      // Java refuses "http://" itself: there it is the host that is missing.
      boolean noHost = text.endsWith("://");
      map.problem(key, noHost ? "host is missing in URL" : String.valueOf(e.getMessage()));
    }
    return text;
  }

  private static DiscoveryConfig dns(YamlMap map) {
    Problems problems = map.problems();
    List<String> names = map.strings("names");
    if (names.isEmpty()) {
      map.problem("names", "DNS-SD config must contain at least one SRV record name");
    }
    String type = map.string("type", "SRV").toUpperCase(Locale.ROOT);
    long port = map.integer("port", 0);
    if (!DNS_TYPES.contains(type)) {
      problems.add(map.position("type"), "invalid DNS-SD records type " + type);
    } else if (!type.equals("SRV") && port == 0) {
      problems.add(
          map.position("type"),
          "a port is required in DNS-SD configs for all record types except SRV");
    }
    return new DiscoveryConfig.Dns(
        names, type, (int) port, map.duration("refresh_interval", Duration.ofSeconds(30)));
  }
}
