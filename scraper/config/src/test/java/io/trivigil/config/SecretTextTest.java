package io.trivigil.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTextTest {
  private static final String WRITTEN =
      """
      # the old one: password: hidden00
      scrape_configs:
        - job_name: a   # ü, 😀 and order stay
          basic_auth: {username: u, "password": 'hidden01', password_file: /shown}
          params: {token: [hidden02, "hidden03"]}
          http_headers:
            X-Key: {secrets: [hidden04], values: [shown]}
          proxy_connect_header:
            Proxy-Authorization: [hidden05]
          proxy_url: http://me:hidden06@proxy:3128
          tls_config:
            key: |
              -----BEGIN hidden07
              hidden08
            insecure_skip_verify: true
        - job_name: b
          authorization:
            credentials: "hidden
              09"
          oauth2: {client_id: shown, client_secret: hidden10, endpoint_params: {a: shown}}
      receivers:
        - name: r
          webhook_configs: [{url: 'http://h/hidden11'}]
          slack_configs:
            - api_url: https://hooks/hidden12
              channel: '#shown'
          opsgenie_configs: [{api_key: hidden13}]
      global: {smtp_auth_password: hidden14, smtp_auth_username: shown}
      """;

  @Test
  void nothingSecretIsShownAndAllElseIsAsWritten() {
    SecretText seen = SecretText.ofYaml(WRITTEN);
    assertThat(seen.text()).doesNotContain("hidden");
    assertThat(seen.text())
        .contains(
            "  - job_name: a   # ü, 😀 and order stay\n",
            "basic_auth: {username: u, \"password\": <secret>, password_file: /shown}",
            "X-Key: {secrets: [<secret>], values: [shown]}",
            "proxy_url: http://me:<secret>@proxy:3128",
            "      insecure_skip_verify: true\n",
            "channel: '#shown'",
            "smtp_auth_username: shown");
    assertThat(seen.secrets()).hasSize(13);
    Problems problems = new Problems();
    assertThat(YamlValue.parse("shown", seen.text(), problems)).isPresent();
    assertThat(problems.isEmpty()).as("still YAML: %s", seen.text()).isTrue();
  }

  @Test
  void changeOfASecretAloneIsSeen() {
    SecretText one = SecretText.ofYaml("password: a\n");
    SecretText other = SecretText.ofYaml("password: b\n");
    assertThat(one.text()).isEqualTo(other.text());
    assertThat(one.secrets()).isNotEqualTo(other.secrets());
  }

  @Test
  void whatIsNoYamlIsNotShown() {
    assertThat(SecretText.ofYaml("a: [hidden").text()).isEqualTo(SecretText.UNREADABLE);
  }
}
