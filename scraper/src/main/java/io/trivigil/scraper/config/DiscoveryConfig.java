package io.trivigil.scraper.config;

import io.trivigil.config.http.HttpConfig;
import java.time.Duration;
import java.util.List;

/// One entry of a `*_sd_configs` list, or all `static_configs` of a job.
public sealed interface DiscoveryConfig {
  /// Names the provider within its job, over restarts and on every node; empty where nothing is
  /// discovered.
  default String provider() {
    return switch (this) {
      case Static _, NotYet _ -> "";
      case InFiles in -> "file " + String.join(",", in.files());
      case Http http -> "http " + http.url();
      case Dns dns ->
          "dns %s %d %s".formatted(dns.type(), dns.port(), String.join(",", dns.names()));
    };
  }

  /// Targets written in the configuration itself.
  record Static(List<StaticGroup> groups) implements DiscoveryConfig {
    public Static {
      groups = List.copyOf(groups);
    }
  }

  /// Targets in files.
  ///
  /// @param files patterns, relative ones already resolved
  record InFiles(List<String> files, Duration refresh) implements DiscoveryConfig {
    public InFiles {
      files = List.copyOf(files);
    }
  }

  /// Targets that a web server lists.
  record Http(String url, Duration refresh, HttpConfig http) implements DiscoveryConfig {}

  /// Targets in the name system.
  ///
  /// @param type `A`, `AAAA`, `SRV`, `MX` or `NS`
  /// @param port of the targets; for `SRV` the record's own
  record Dns(List<String> names, String type, int port, Duration refresh)
      implements DiscoveryConfig {
    public Dns {
      names = List.copyOf(names);
    }
  }

  /// A kind that loads but finds no targets yet.
  ///
  /// @param kind as in the key: `kubernetes`
  record NotYet(String kind) implements DiscoveryConfig {}
}
