package io.trivigil.config.http;

import io.trivigil.config.YamlMap;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Which proxy requests go through.
///
/// @param proxyUrl empty for none
/// @param noProxy comma-separated hosts, domains and addresses that are reached directly
/// @param fromEnvironment whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` decide
public record ProxyConfig(String proxyUrl, String noProxy, boolean fromEnvironment) {
  /// No proxy at all.
  public static final ProxyConfig NONE = new ProxyConfig("", "", false);

  static ProxyConfig read(YamlMap map) {
    String url = map.parsed("proxy_url", "url", ProxyConfig::checkedUrl).orElse("");
    String noProxy = map.string("no_proxy", "");
    boolean fromEnvironment = map.bool("proxy_from_environment", false);
    boolean connectHeader = map.has("proxy_connect_header");
    map.accept("proxy_connect_header");
    if (connectHeader) {
      map.problems()
          .warn(map.position("proxy_connect_header"), "proxy_connect_header is not sent yet");
      if (url.isEmpty() && !fromEnvironment) {
        map.problem(
            "proxy_connect_header",
            "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured");
      }
    }
    if (fromEnvironment && !url.isEmpty()) {
      map.problem(
          "proxy_url", "if proxy_from_environment is configured, proxy_url must not be configured");
    }
    if (fromEnvironment && !noProxy.isEmpty()) {
      map.problem(
          "no_proxy", "if proxy_from_environment is configured, no_proxy must not be configured");
    }
    if (url.isEmpty() && !noProxy.isEmpty() && !fromEnvironment) {
      map.problem("no_proxy", "if no_proxy is configured, proxy_url must also be configured");
    }
    return new ProxyConfig(url, noProxy, fromEnvironment);
  }

  private static String checkedUrl(String text) {
    URI.create(text);
    return text;
  }

  /// The proxy for a URL; empty if it is reached directly.
  public Optional<Proxy> proxyFor(URI target, Map<String, String> environment) {
    String url = proxyUrl;
    String without = noProxy;
    if (fromEnvironment) {
      String name = "https".equals(target.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
      url = either(environment, name);
      without = either(environment, "NO_PROXY");
    }
    String host = target.getHost();
    if (url.isEmpty() || host == null || isExcluded(host, without)) {
      return Optional.empty();
    }
    URI proxy = URI.create(url.contains("://") ? url : "http://" + url);
    String proxyHost = proxy.getHost();
    if (proxyHost == null) {
      return Optional.empty();
    }
    int port = proxy.getPort();
    return Optional.of(
        new Proxy(
            Proxy.Type.HTTP,
            InetSocketAddress.createUnresolved(
                proxyHost, port > 0 ? port : "https".equals(proxy.getScheme()) ? 443 : 80)));
  }

  private static String either(Map<String, String> environment, String name) {
    return environment.getOrDefault(
        name, environment.getOrDefault(name.toLowerCase(Locale.ROOT), ""));
  }

  private static boolean isExcluded(String host, String noProxy) {
    List<String> rules = Arrays.stream(noProxy.split(",")).map(String::strip).toList();
    String name = host.toLowerCase(Locale.ROOT);
    for (String rule : rules) {
      String bare = rule.startsWith("*.") ? rule.substring(1) : rule;
      if (bare.isEmpty()) {
        continue;
      }
      boolean domain = name.endsWith(bare.startsWith(".") ? bare : "." + bare);
      if (bare.equals("*") || name.equals(bare) || domain) {
        return true;
      }
    }
    return false;
  }
}
