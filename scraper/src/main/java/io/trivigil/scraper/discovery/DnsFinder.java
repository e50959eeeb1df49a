package io.trivigil.scraper.discovery;

import io.trivigil.model.Labels;
import io.trivigil.scraper.config.DiscoveryConfig;
import io.trivigil.scraper.state.TargetGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/// Targets in the name system. A name that can not be looked up keeps what it had.
public final class DnsFinder implements GroupFinder {
  private final DiscoveryConfig.Dns config;
  private final NameRecords records;

  public DnsFinder(DiscoveryConfig.Dns config, NameRecords records) {
    this.config = config;
    this.records = records;
  }

  @Override
  public Found find(SortedMap<String, TargetGroup> before) {
    List<TargetGroup> groups = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (String name : config.names()) {
      try {
        List<Labels> targets = new ArrayList<>();
        for (String record : records.lookup(name, config.type())) {
          targets.add(target(name, record));
        }
        groups.add(new TargetGroup(name, targets, Labels.EMPTY));
      } catch (IOException e) {
        failures.add(name + ": " + e.getMessage());
        TargetGroup last = before.get(name);
        if (last != null) {
          groups.add(last);
        }
      }
    }
    return new Found(groups, failures);
  }

  private Labels target(String name, String record) throws IOException {
    String[] fields = record.strip().split("\\s+");
    String host = fields[fields.length - 1];
    Labels.Builder labels = new Labels.Builder().set("__meta_dns_name", name);
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String port = Integer.toString(config.port());
    switch (config.type()) {
      case "SRV" -> {
        if (fields.length != 4) {
          throw new IOException("not an SRV record: " + record);
        }
        port = fields[2];
        labels.set("__meta_dns_srv_record_target", host);
        labels.set("__meta_dns_srv_record_port", port);
      }
      case "MX" -> labels.set("__meta_dns_mx_record_target", host);
      case "NS" -> labels.set("__meta_dns_ns_record_target", host);
      default -> {}
    }
    String address = bare.contains(":") ? "[" + bare + "]" : bare;
    return labels.set("__address__", address + ":" + port).build();
  }
}
