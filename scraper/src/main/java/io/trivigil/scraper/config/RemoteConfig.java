package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.model.Names;
import io.trivigil.scraper.relabel.NameScheme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/// One entry of `remote_write` or `remote_read`: validated whole, not yet acted upon.
///
/// @param name empty if not given
public record RemoteConfig(String url, String name, Duration timeout, HttpConfig http) {
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-encoding",
          "content-length",
          "content-type",
          "user-agent",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "www-authenticate",
          "accept-encoding",
          "x-prometheus-remote-write-version",
          "x-prometheus-remote-read-version",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256");

  static RemoteConfig readWrite(YamlMap map, Path folder, NameScheme names) {
    String url = url(map, "remote_write");
    headers(
        map,
        "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter");
    String message = map.string("protobuf_message", "prometheus.WriteRequest");
    if (!Set.of("prometheus.WriteRequest", "io.prometheus.write.v2.Request").contains(message)) {
      map.problem(
          "protobuf_message",
          "invalid protobuf_message value: unknown type for remote write protobuf message %s, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request"
              .formatted(message));
    }
    Sections.relabel(
        map,
        "write_relabel_configs",
        "empty or null relabeling rule in remote write config",
        names);
    map.object("queue_config", "config.QueueConfig", RemoteConfig::queue);
    map.object(
        "metadata_config",
        "config.MetadataConfig",
        fields -> {
          fields.bool("send", true);
          fields.duration("send_interval");
          return fields.integer("max_samples_per_send", 500);
        });
    map.bool("send_exemplars", false);
    map.bool("send_native_histograms", false);
    map.bool("round_robin_dns", false);
    map.accept("sigv4", "azuread", "google_iam");
    return new RemoteConfig(
        url,
        map.string("name", ""),
        map.duration("remote_timeout", Duration.ofSeconds(30)),
        HttpConfig.read(map, folder, false));
  }

  static RemoteConfig readRead(YamlMap map, Path folder) {
    String url = url(map, "remote_read");
    headers(
        map,
        "authorization header must be changed via the basic_auth, authorization, or oauth2 parameter");
    map.stringMap("required_matchers");
    map.bool("read_recent", false);
    map.bool("filter_external_labels", true);
    map.accept("chunked_read_limit");
    return new RemoteConfig(
        url,
        map.string("name", ""),
        map.duration("remote_timeout", Duration.ofMinutes(1)),
        HttpConfig.read(map, folder));
  }

  private static String url(YamlMap map, String section) {
    String url = map.string("url", "");
    if (url.isEmpty()) {
      map.problem("url", "url for %s is empty".formatted(section));
    }
    return url;
  }

  private static void headers(YamlMap map, String authorization) {
    for (String name : map.stringMap("headers").keySet()) {
      checkHeader(map, name, authorization);
    }
  }

  static void checkHeader(YamlMap map, String name, String authorization) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("authorization")) {
      map.problem("headers", authorization);
    } else if (RESERVED.contains(lower)) {
      map.problem("headers", name + " is a reserved header. It must not be changed");
    }
  }

  private static int queue(YamlMap map) {
    long capacity = map.integer("capacity", 10_000);
    long most = map.integer("max_shards", 50);
    long least = map.integer("min_shards", 1);
    Duration minBackoff = map.duration("min_backoff", Duration.ofMillis(30));
    Duration maxBackoff = map.duration("max_backoff", Duration.ofSeconds(5));
    positive(map, "capacity", capacity);
    positive(map, "max_shards", most);
    positive(map, "min_shards", least);
    positive(map, "max_samples_per_send", map.integer("max_samples_per_send", 2000));
    if (least > most) {
      map.problem(
          "min_shards", "remote write queue min_shards must not be greater than max_shards");
    }
    if (maxBackoff.compareTo(minBackoff) < 0) {
      map.problem(
          "max_backoff", "remote write queue max_backoff must not be less than min_backoff");
    }
    map.duration("batch_send_deadline");
    map.duration("sample_age_limit");
    map.bool("retry_on_http_429", false);
    return 0;
  }

  private static void positive(YamlMap map, String key, long value) {
    if (value <= 0) {
      map.problem(key, "remote write queue %s must be positive".formatted(key));
    }
  }

  String described() {
    return name.isEmpty() ? url : Names.quote(name);
  }
}
