package io.trivigil.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssetsTest {
  private final Assets assets = Assets.load();

  @Test
  void theBundleHasWhatPagesReferTo() {
    assumeFalse(assets.isEmpty(), "built with -Dfrontend.skip");
    for (String plain :
        List.of("app.js", "app.css", "query.js", "query.css", "icons.svg", "favicon.svg")) {
      Asset asset = assets.hashedName(plain).flatMap(assets::find).orElseThrow();
      assertThat(asset.name()).isNotEqualTo(plain);
      assertThat(asset.immutable()).isTrue();
      assertThat(asset.bytes()).as(plain).isNotEmpty();
    }
    assertThat(assets.find("app.js")).as("a name without its hash").isEmpty();
    assertThat(assets.find("../texts/en.properties")).isEmpty();
  }

  /// Everything in the bundle is used under its licence, and the licences travel with it.
  @Test
  void theLicencesTravelWithTheBundle() {
    assumeFalse(assets.isEmpty(), "built with -Dfrontend.skip");
    Asset asset = assets.hashedName("licenses.txt").flatMap(assets::find).orElseThrow();
    assertThat(new String(asset.bytes(), StandardCharsets.UTF_8))
        .contains("uplot 1.6.32: MIT", "@prometheus-io/codemirror-promql 0.314.0: Apache-2.0");
  }

  /// The lock file names versions and checksums, never the machine that they were fetched from.
  @Test
  void theLockFileNamesNoRegistry() throws IOException {
    assertThat(Files.readString(Path.of("frontend/package-lock.json")))
        .contains("\"integrity\"")
        .doesNotContain("\"resolved\"");
  }
}
