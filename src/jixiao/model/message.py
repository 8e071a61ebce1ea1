"""A sentence or a name for the user, in Chinese and in English."""

import msgspec


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence for the user, in both languages."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the sentence in one language.

        Args:
            lang: "zh" or "en".

        """
        return self.zh if lang == "zh" else self.en
