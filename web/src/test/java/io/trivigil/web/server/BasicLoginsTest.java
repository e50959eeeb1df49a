package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BasicLoginsTest {
  private static BasicLogins logins(BCrypt.Version version) {
    String hash = BCrypt.with(version).hashToString(4, "pässword".toCharArray());
    return new BasicLogins(Map.of("ann", hash));
  }

  private static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theRightPasswordPassesTwiceWhateverThePrefix() {
    for (BCrypt.Version version :
        List.of(BCrypt.Version.VERSION_2A, BCrypt.Version.VERSION_2B, BCrypt.Version.VERSION_2Y)) {
      BasicLogins logins = logins(version);
      assertThat(logins.allow(basic("ann:pässword"))).isTrue();
      assertThat(logins.allow(basic("ann:pässword"))).isTrue();
    }
  }

  @Test
  void aHashMadeElsewherePasses() {
    String hash = "$2y$05$abcdefghijklmnopqrstuuMceFj4VbmHOj8C7PetMxzZkwre/z.Ri";
    assertThat(new BasicLogins(Map.of("admin", hash)).allow(basic("admin:test"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann:wrong", "bob:pässword", "ann", ":", ""})
  void nobodyElsePasses(String login) {
    BasicLogins logins = logins(BCrypt.Version.VERSION_2Y);
    assertThat(logins.allow(basic(login))).isFalse();
    assertThat(logins.allow("Bearer x")).isFalse();
    assertThat(logins.allow("Basic %%%")).isFalse();
    assertThat(logins.allow("")).isFalse();
  }
}
