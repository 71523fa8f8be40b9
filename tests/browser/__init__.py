"""The pages, in the Chromium of the machine."""
