package io.trivigil.web.server;

import io.trivigil.config.version.ConfigBundle;
import io.trivigil.node.ConfigLoader;
import io.trivigil.web.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// This machine's files, and among them those with which a cluster watches itself: its rules, the
/// job that scrapes its members, and the list of them. Nothing of it is on the disk. Thread-safe.
final class BuiltinFiles implements ConfigBundle.Source {
  private static final String JOB =
      """
      scrape_configs:
        - job_name: trivigil
          file_sd_configs:
            - files: ['%s']
              refresh_interval: 15s
      """
          .formatted(ConfigLoader.BUILTIN_MEMBERS);

  private final ConfigBundle.Source machine;
  private final String rules = resource("/defaults/trivigil.rules.yml");
  private volatile Supplier<Map<String, String>> urls;

  /// @param first the members' HTTP addresses by id, until more is known
  BuiltinFiles(ConfigBundle.Source machine, Map<String, String> first) {
    this.machine = machine;
    this.urls = () -> first;
  }

  /// From now on the members are these.
  void members(Supplier<Map<String, String>> known) {
    urls = known;
  }

  private static String resource(String name) {
    try (InputStream in = BuiltinFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its file " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<String> file(String path) {
    return switch (path.substring(path.lastIndexOf('/') + 1)) {
      case ConfigLoader.BUILTIN_RULES -> Optional.of(rules);
      case ConfigLoader.BUILTIN_JOB -> Optional.of(JOB);
      case ConfigLoader.BUILTIN_MEMBERS -> Optional.of(targets(urls.get()));
      default -> machine.file(path);
    };
  }

  @Override
  public List<String> glob(String pattern) {
    return pattern.endsWith(ConfigLoader.BUILTIN_MEMBERS)
        ? List.of(pattern)
        : machine.glob(pattern);
  }

  @Override
  public Optional<String> variable(String name) {
    return machine.variable(name);
  }

  /// One group for each member, so that its series say which node they are of.
  static String targets(Map<String, String> urls) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(bytes).beginArray();
    for (Map.Entry<String, String> member : new TreeMap<>(urls).entrySet()) {
      URI url = URI.create(member.getValue());
      if (url.getHost() == null) {
        continue;
      }
      int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
      String path = url.getPath() == null || url.getPath().equals("/") ? "" : url.getPath();
      json.beginObject().name("targets").beginArray();
      json.value(url.getHost() + ":" + port).endArray();
      json.name("labels").beginObject().field("node", member.getKey());
      json.field("__scheme__", url.getScheme()).field("__metrics_path__", path + "/metrics");
      json.endObject().endObject();
    }
    json.endArray().flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
