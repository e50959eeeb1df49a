package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The kinds of discovery that load but find no targets yet: their names and the mistakes that
/// Prometheus reports. Fields that we do not know are warned of only, since nothing reads them.
final class CloudKinds {
  /// Kinds whose `tls_config` is theirs alone, without the rest of `http_config`.
  private static final Set<String> WITHOUT_HTTP =
      Set.of("gce", "oci", "openstack", "ovhcloud", "triton", "nerve", "serverset");

  private static final Set<String> KINDS =
      Set.of(
          "aws",
          "azure",
          "consul",
          "digitalocean",
          "docker",
          "dockerswarm",
          "ec2",
          "ecs",
          "eureka",
          "gce",
          "hetzner",
          "ionos",
          "kubernetes",
          "kuma",
          "lightsail",
          "linode",
          "marathon",
          "msk",
          "nerve",
          "nomad",
          "oci",
          "openstack",
          "outscale",
          "ovhcloud",
          "puppetdb",
          "scaleway",
          "serverset",
          "stackit",
          "triton",
          "uyuni",
          "vultr");

  /// Fields that must be there, in the order in which they are missed, and what is said then.
  private static final Map<String, List<String[]>> REQUIRED =
      Map.of(
          "puppetdb", List.<String[]>of(new String[] {"query", "query missing"}),
          "uyuni",
              List.<String[]>of(
                  new String[] {"server", "Uyuni SD configuration requires server host"}),
          "ionos",
              List.<String[]>of(new String[] {"datacenter_id", "datacenter id can't be empty"}),
          "ovhcloud",
              List.of(
                  new String[] {"endpoint", "endpoint can not be empty"},
                  new String[] {"application_key", "application key can not be empty"},
                  new String[] {"application_secret", "application secret can not be empty"},
                  new String[] {"consumer_key", "consumer key can not be empty"}),
          "outscale",
              List.<String[]>of(
                  new String[] {"region", "outscale SD configuration requires a region"}),
          "eureka",
              List.<String[]>of(new String[] {"server", "eureka_sd: empty or null eureka server"}),
          "marathon",
              List.<String[]>of(
                  new String[] {
                    "servers", "marathon_sd: must contain at least one Marathon server"
                  }));

  /// What a field may hold: field, what is said of anything else, then the values.
  private static final Map<String, List<String[]>> CHOICES =
      Map.of(
          "hetzner", List.<String[]>of(new String[] {"role", "unknown role", "hcloud", "robot"}),
          "scaleway",
              List.<String[]>of(
                  new String[] {"role", "unknown role \"%s\"", "instance", "baremetal"}),
          "openstack",
              List.of(
                  new String[] {
                    "role",
                    "unknown OpenStack SD role \"%s\"",
                    "hypervisor",
                    "instance",
                    "loadbalancer"
                  },
                  new String[] {
                    "availability",
                    "unknown availability %s, must be one of admin, internal or public",
                    "admin",
                    "internal",
                    "public"
                  }),
          "ovhcloud",
              List.<String[]>of(
                  new String[] {"service", "unknown service: %s", "vps", "dedicated_server"}),
          "azure",
              List.<String[]>of(
                  new String[] {
                    "authentication_method",
                    "unknown authentication_type \"%s\". Supported types are \"OAuth\", \"ManagedIdentity\", \"SDK\" or \"WorkloadIdentity\"",
                    "OAuth",
                    "ManagedIdentity",
                    "SDK",
                    "WorkloadIdentity"
                  }),
          "oci",
              List.<String[]>of(
                  new String[] {
                    "auth",
                    "oci_sd: unknown auth method \"%s\", expected \"api_key\" or \"instance_principal\"",
                    "api_key",
                    "instance_principal"
                  }));

  private CloudKinds() {}

  static boolean isKnown(String kind) {
    return KINDS.contains(kind);
  }

  static void check(String kind, YamlMap map, Path folder) {
    if (kind.equals("kubernetes")) {
      KubernetesCheck.check(map, folder);
      return;
    }
    if (kind.equals("marathon")) {
      marathonTokens(map);
    }
    if (!WITHOUT_HTTP.contains(kind)) {
      HttpConfig.read(map, folder);
    }
    for (String[] required : REQUIRED.getOrDefault(kind, List.of())) {
      boolean missing =
          map.value(required[0])
              .filter(value -> !value.isScalar() || !value.text().isEmpty())
              .isEmpty();
      if (missing) {
        map.problem(required[0], required[1]);
      }
    }
    for (String[] choice : CHOICES.getOrDefault(kind, List.of())) {
      String value = map.string(choice[0], "");
      if (!value.isEmpty() && !List.of(choice).subList(2, choice.length).contains(value)) {
        map.problem(choice[0], choice[1].formatted(value));
      }
    }
    special(kind, map);
    map.names().forEach(map::accept);
  }

  private static void special(String kind, YamlMap map) {
    switch (kind) {
      case "azure" -> azure(map);
      case "ec2", "lightsail", "aws" -> ec2(map);
      case "eureka" -> {
        String server = map.string("server", "");
        if (!server.isEmpty() && !isUrl(server)) {
          map.problem("server", "eureka_sd: invalid eureka server URL");
        }
      }
      case "puppetdb" -> DiscoveryReader.url(map, "url");
      case "scaleway", "outscale" -> secretKey(map);
      case "stackit" -> {
        String endpoint = map.string("endpoint", "");
        if (!endpoint.isEmpty() && !isUrl(endpoint)) {
          map.problem("endpoint", "stackit_sd: invalid endpoint " + endpoint);
        }
      }
      default -> {}
    }
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getScheme() != null && uri.getRawAuthority() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void azure(YamlMap map) {
    required(map, "subscription_id");
    String method = map.string("authentication_method", "OAuth");
    if (method.equals("OAuth")) {
      required(map, "tenant_id");
      required(map, "client_id");
      required(map, "client_secret");
    }
  }

  private static void required(YamlMap map, String key) {
    if (map.string(key, "").isEmpty()) {
      map.problem(key, "azure SD configuration requires a " + key);
    }
  }

  private static void ec2(YamlMap map) {
    map.list(
        "filters",
        "ec2.Filter",
        filter -> {
          filter.string("name", "");
          if (filter.strings("values").isEmpty()) {
            filter.problem("values", "EC2 SD configuration filter values cannot be empty");
          }
          return filter;
        });
  }

  private static void secretKey(YamlMap map) {
    boolean inline = !map.string("secret_key", "").isEmpty();
    boolean file = !map.string("secret_key_file", "").isEmpty();
    if (inline && file) {
      map.problem("secret_key", "at most one of secret_key & secret_key_file must be configured");
    } else if (!inline && !file) {
      map.problem("secret_key", "one of secret_key & secret_key_file must be configured");
    }
  }

  private static void marathonTokens(YamlMap map) {
    boolean token = !map.string("auth_token", "").isEmpty();
    boolean file = !map.string("auth_token_file", "").isEmpty();
    if (token && file) {
      map.problem(
          "auth_token",
          "marathon_sd: at most one of auth_token & auth_token_file must be configured");
    }
    if (!token && !file) {
      return;
    }
    if (map.has("basic_auth")) {
      map.problem(
          "auth_token",
          "marathon_sd: at most one of basic_auth, auth_token & auth_token_file must be configured");
    }
    if (map.has("bearer_token") || map.has("bearer_token_file")) {
      map.problem(
          "auth_token",
          "marathon_sd: at most one of bearer_token, bearer_token_file, auth_token & auth_token_file must be configured");
    }
    if (map.has("authorization")) {
      map.problem(
          "auth_token",
          "marathon_sd: at most one of auth_token, auth_token_file & authorization must be configured");
    }
  }
}
