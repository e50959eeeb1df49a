package io.trivigil.config.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.Problem;
import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpConfigTest {
  private static HttpConfig read(String yaml, Problems problems) {
    YamlMap map = YamlValue.parse("f.yml", yaml, problems).orElseThrow().map("http", problems);
    HttpConfig config = HttpConfig.read(map, Path.of("/etc/x"));
    map.done();
    return config;
  }

  @Test
  void allFieldsAreReadAndNoSecretIsPrinted() {
    Problems problems = new Problems();
    HttpConfig config =
        read(
            """
            basic_auth: {username: u, password_file: pw}
            tls_config: {ca_file: /ca, insecure_skip_verify: true, min_version: TLS12}
            proxy_url: http://proxy:3128
            no_proxy: .local
            follow_redirects: false
            enable_http2: false
            http_headers:
              X-A: {values: [one], secrets: [hush], files: [f]}
            """,
            problems);
    assertThat(problems.errors()).isEmpty();
    assertThat(config.basicAuth().orElseThrow().password())
        .contains(new SecretSource.InFile("/etc/x/pw"));
    assertThat(config.toString()).doesNotContain("hush").contains("<secret>");
    assertThat(config.followRedirects()).isFalse();
  }

  @Test
  void nothingGivenIsTheDefault() {
    assertThat(read("{}", new Problems())).isEqualTo(HttpConfig.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {bearer_token: a, bearer_token_file: b} | at most one of bearer_token & bearer_token_file must be configured
          {bearer_token: a, basic_auth: {username: u}} | at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured
          {authorization: {credentials: a}, basic_auth: {username: u}} | at most one of basic_auth, oauth2 & authorization must be configured
          {authorization: {type: Basic}} | authorization type cannot be set to "basic", use "basic_auth" instead
          {oauth2: {client_id: a}} | oauth2 token_url must be configured
          {tls_config: {cert_file: a}} | exactly one of key or key_file must be configured when a client certificate is configured
          {http_headers: {Authorization: {values: [a]}}} | setting header "Authorization" is not allowed
          {no_proxy: a} | if no_proxy is configured, proxy_url must also be configured
          {tls_config: {min_version: TLS9}} | unknown TLS version: TLS9
          {what: 1} | field what not found in type http
          """)
  void mistakesAreSaidInUpstreamsWords(String yaml, String message) {
    Problems problems = new Problems();
    read(yaml, problems);
    assertThat(problems.errors()).extracting(Problem::message).isEqualTo(List.of(message));
  }
}
