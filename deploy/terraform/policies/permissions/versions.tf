# No provider: this module only renders text.
terraform {
  required_version = ">= 1.5"
}
