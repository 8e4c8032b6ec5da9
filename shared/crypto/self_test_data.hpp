// The known answers of self_test.cpp, in base64url: keys made for this purpose only, and what they say about one
// message. Computed with another library (pyca/cryptography); the private keys are no secret and open nothing.
#pragma once

#include <string_view>

namespace sallyport::crypto::known {

inline constexpr std::string_view message = "sallyport self-test";

inline constexpr std::string_view sha256 = "WPAdGfcfnmn54HI9vBzdbhR73res8jqHLDqogL7HGRE";
inline constexpr std::string_view sha384 = "hzTSkdG1b22CdNDbuZY0EbM_m2HTgrb4fj3EgE5-3WFqxzjzpn9uyKsXWGqY42WP";
inline constexpr std::string_view sha512 =
    "tUoSXWD6ud3wLeiyT9vG19BQPlN8cSz7UzNY6NUsLuhQ85SZCMmyNa2Fcgc-BZ2EAf-9UbLYhClqUWeMR5MQ-g";

/// The secret is the bytes 0 to 63.
inline constexpr std::string_view hs256 = "8ysqF06pjg_ArHqDVH1Kdn0m7TjAF1Vq002fEQsMg5g";

inline constexpr std::string_view p256_x = "5ZHTtqtGaQdfMrQ1tgii06ZGBYYPNTeK7Dv6m7lTYfg";
inline constexpr std::string_view p256_y = "l_mYFHPGwX8OMVF4UgeX4TDP4WXGAX-BR8ytK28fs4M";
inline constexpr std::string_view p256_d = "H8dL-FnCD7dsky9jc49htskQFTkzlG7wxUumlfO5w9Q";
/// A private key, two public ones (uncompressed), and what they agree on; of the second the x-coordinate begins with 00.
inline constexpr std::string_view agreement_d = "XLSZuBWxPYNp-1x_3nejEUkdrECt_UcHcvkqSTO4AJA";
inline constexpr std::string_view agreement_with =
    "BMZVnUFt-1avcU8UbZF8JKv4GLL7EhYEEpZJhIIwotJYsqbYLcbGc0zwkv-qn8AS8Q9wCNOVKgjVeX6F_qul2Xc";
inline constexpr std::string_view agreed = "-0BKWDiMIUL3GRAzMwFNUjG1wjxgUUm72KHh3uQgRQk";
inline constexpr std::string_view short_agreement_with =
    "BOY7BHuip8VkuAOZgKcpSE7aBooyrcfSUpTtqXKYZG_DkDsDs9-MPAwntTfz2-IvNVrjq7OIlMznrm1YmZs2oVY";
inline constexpr std::string_view short_agreed = "ANnOCHpuWIKgGnizm0iAEAKa-yWTFD3AuJmr0OYnN1M";
inline constexpr std::string_view es256 =
    "BazvAlR4gWC56Ots5SdPCvqfRi9jN3695RWPXIPA90efmlwwEqTBqy4a4sy7skii3C2-kjvuSAoDQ7ZpqP2wOQ";

/// AES-256-GCM: the key is the bytes 0 to 31, the nonce the bytes 0 to 11; the message is what is sealed and what is bound.
inline constexpr std::string_view sealed = "NGO6d7yVrWn5YeTu3Y9VGeal8wUEwYAXaxWinGhYBWL3RLQ";

inline constexpr std::string_view ed25519_x = "3ocCY4PbyS2et1snYa8Vj81wNMUoCge0otJw2NxDA48";
inline constexpr std::string_view ed25519_d = "He0pcAPFR_nPVqOfE5ZotMlAuvQNDPcZWc1wKUmUf84";
inline constexpr std::string_view eddsa =
    "gfPUReqpDtJfteUxBmMLboE3s5z-bb88Vjhoaw76fWz-tdNaE2e010NCLWg7HaP_ow5hWZ4uI_u1t5BThJatBw";

inline constexpr std::string_view rsa_e = "AQAB";
inline constexpr std::string_view rsa_n =
    "zPaGs7Crz_uzXPzEhcDSQQSji1jGhZGad1rn3n36QRnVC11LKElCKmmxfvplpIQzcffmyCJqwoEbWho3okLFXQLQds_cpTj96xZzQ0kKRGu9gtbc"
    "0e7Xs0A6dGMGio_JOg6gv6vPcqa8mwdI8UC9f4KYnsNWcNCCNVJAqcnl2b8UR0ajUHMCBAmcDg-cE-Y7OkuEjJNxr7n3ql9SjJTPirCn9KrN8w4o"
    "LS0fK1L2VUUTjWWkzMmjRXgsWZRmZSMLhbSdXpkCMLgLa0fjvqeo1FSAj8XpV00nxCmKG7lKa1nHGUbBLEM8WOX59Ppu9xQWO73ADRSC-tWxYQJy"
    "ewEdtw";
inline constexpr std::string_view rs256 =
    "Z5RRddvf7LNzuz_f-QZMc9Co25FGabNcNIGijFexbq83REO2byZiGP3IHuuRDsI-_byWdRGfIIf-pH-n89J5iM5Mdh101IPyL7Qs522tzsvoHNXk"
    "b9e40Lv7kBqq-y1l2VfVo5vvsPR-B4P_gxJr4Cfw2RxQyn168tQJepUXU7vNZwTCjZU2ULc_Ztnph3VwCUOCavH5I83B8ZX_D_XJhO02J9ChHXmo"
    "cHkoN13zKNuXi4ZvAVi3HMJUQSE98I7PFeMWkKBMgqMeWipYR27XAAviCKJmaVjtu8ETTRUrZsdotegIRRNOfTT8wXAHu5aJwPan2Vwg9DQereCY"
    "rCKpOA";
inline constexpr std::string_view ps256 =
    "S3CTj0leiHyuUbG1EN7JwXa3_b6Vgi3g4OK_EFgfkJLdKB3Y-paHMpp1RefNTp6Jt12yER-eFBsspZ3Dd7NLtMm9D6stDYI_Ulhu9MI_txZogTSa"
    "M2q-5cpFZHoQ15FtirIelmetJ1OeVnKqGids0YvU92c9Jju6JeIURPJR-GJ7SfcTRFuB8WaJuxrQ47V1DnWelJRS9g9wz0hy5QDfW1itpiWtnV07"
    "TNfjzQw6xwxpIN5rJmrfaMhCRFWmOPry7DU3j31qAFTJBjGffkzRSUXGrGdOjkelLeRntno4sO-DXiR5WPt2uytFXmeetUd-25-iW36QxFtT0kfT"
    "Uiarhg";

}  // namespace sallyport::crypto::known
